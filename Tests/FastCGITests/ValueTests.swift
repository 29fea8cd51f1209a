// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import FastCGI

@Suite struct ValueTests {
    @Test func `Parameters are looked up by their whole name, the first one wins`() {
        let parameters = Parameters([
            ("A", "1"), ("AB", "2"), ("A", "3"), ("EMPTY", ""), ("EQUALS", "a=b"), ("HTTP_X", "4"),
            ("HTTP_Y", "5"),
        ])
        #expect(parameters["A"] == "1")
        #expect(parameters["AB"] == "2")
        #expect(parameters["EMPTY"] == "")
        #expect(parameters["EQUALS"] == "a=b")
        #expect(parameters["B"] == nil)
        var headers: [String] = []
        parameters.forEach(withPrefix: "HTTP_") { headers.append("\($0)=\($1)") }
        #expect(headers == ["X=4", "Y=5"])
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
