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

    @Test func `Every value of a parameter can be asked for`() {
        let parameters = Parameters([("A", "1"), ("AB", "2"), ("A", ""), ("a", "3")])
        #expect(parameters.values(of: "A") == ["1", ""])
        #expect(parameters.values(of: "B") == [])
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

    @Test func `A reply to HEAD has the length of what it leaves out`() {
        var reply = Reply(status: 200, headers: [], body: Array("{}".utf8))
        reply.hasBody = false
        let text = String(decoding: reply.encoded, as: UTF8.self)
        #expect(text == "Status: 200\r\nContent-Length: 2\r\n\r\n")
    }

    @Test func `A reply is a CGI response with its length`() {
        let reply = Reply(status: 405, headers: [Reply.Header("Allow", "POST")], body: Array("{}".utf8))
        let text = String(decoding: reply.encoded, as: UTF8.self)
        #expect(text == "Status: 405\r\nContent-Length: 2\r\nAllow: POST\r\n\r\n{}")
    }

    @Test func `A reply's records end both streams and the request`() {
        let reply = Reply(status: 400, headers: [], body: [], errorLogLine: "why")
        let response = reply.encoded
        let bytes = reply.records(identifier: 0x0102)
        let error: [UInt8] = [1, 7, 1, 2, 0, 3, 0, 0] + Array("why".utf8) + [1, 7, 1, 2, 0, 0, 0, 0]
        let output = [1, 6, 1, 2, 0, UInt8(response.count), 0, 0] + response + [1, 6, 1, 2, 0, 0, 0, 0]
        #expect(bytes == error + output + [1, 3, 1, 2, 0, 8, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0])
        #expect(Reply(status: 400, headers: [], body: []).records(identifier: 1).starts(with: [1, 6]))
    }

    @Test func `A reply that is too long for a record is in several`() {
        let body = (0..<200_000).map { UInt8(truncatingIfNeeded: $0) }
        let bytes = Reply(status: 200, headers: [], body: body).records(identifier: 1)
        var content: [UInt8] = []
        var rest = bytes[...]
        while rest[rest.startIndex + 1] == 6 {
            let start = rest.startIndex
            let length = Int(rest[start + 4]) << 8 | Int(rest[start + 5])
            content += rest[(start + 8)...].prefix(length)
            rest = rest.dropFirst(8 + length)
        }
        #expect(content.suffix(body.count) == body[...])
        #expect(rest.count == 16)
    }
}
