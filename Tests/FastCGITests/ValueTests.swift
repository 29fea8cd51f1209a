// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FastCGI

@Suite struct ValueTests {
    @Test func `Parameters are looked up by their whole name, the first one wins`() {
        let parameters = Parameters([
            ("A", "1"), ("AB", "2"), ("A", "3"), ("EMPTY", ""), ("EQUALS", "a=b"),
        ])
        #expect(parameters["A"] == "1")
        #expect(parameters["AB"] == "2")
        #expect(parameters["EMPTY"] == "")
        #expect(parameters["EQUALS"] == "a=b")
        #expect(parameters["B"] == nil)
    }

    @Test func `A header field has every value that was sent, and no other's`() {
        let parameters = Parameters([
            ("HTTP_X_EVENT_2", "1"), ("X_EVENT_2", "2"), ("HTTP_X_EVENT_2", "3"), ("HTTP_X_EVENT_", "4"),
            ("http_x_event_2", "5"), ("HTTP_X-EVENT-2", "6"), ("CONTENT_TYPE", "7"),
            ("HTTP_CONTENT_TYPE", "8"),
        ])
        #expect(parameters.values(ofHeader: "x-event-2") == ["1", "3"])
        #expect(parameters.values(ofHeader: "content-type") == ["7"])
        #expect(parameters.values(ofHeader: "authorization") == [])
    }

    @Test func `What has no equals sign is no parameter`() {
        var parameters = Parameters()
        parameters.append("A".utf8)
        parameters.append("B=1".utf8)
        #expect(parameters["A"] == nil)
        #expect(parameters["B"] == "1")
    }

    @Test func `A reply is a CGI response with its length`() {
        let reply = Reply(status: 405, headers: [Reply.Header("Allow", "POST")], body: Array("{}".utf8))
        let text = String(decoding: reply.encoded, as: UTF8.self)
        #expect(text == "Status: 405\r\nContent-Length: 2\r\nAllow: POST\r\n\r\n{}")
    }
}
