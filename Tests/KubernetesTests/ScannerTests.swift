// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Kubernetes

@Suite struct ScannerTests {
    @Test func `Members and elements are found between all kinds of space and brackets`() throws {
        let json = Array(#" { "a" : {"b":"}\"]\\"} , "list":[1, "x]" ,[ ],{}, null ],"n":-1.5e3 } "#.utf8)
        let members = try JSONScanner(json).members()
        #expect(members.mapValues { String(decoding: json[$0], as: UTF8.self) }["a"] == #"{"b":"}\"]\\"}"#)
        #expect(members.mapValues { String(decoding: json[$0], as: UTF8.self) }["n"] == "-1.5e3")
        let list = try #require(members["list"])
        let elements = try JSONScanner(json[list]).elements().map {
            String(decoding: json[$0], as: UTF8.self)
        }
        #expect(elements == ["1", #""x]""#, "[ ]", "{}", "null"])
        #expect(try JSONScanner(Array("{}".utf8)).members().isEmpty)
        #expect(try JSONScanner(Array("[ ]".utf8)).elements().isEmpty)
    }

    @Test(arguments: [
        "", " ", "{", "[]", "{\"a\"", "{\"a\":", "{\"a\":}", "{\"a\":1", "{\"a\":1,", "{a:1}", "{\"a\" 1}",
        "{\"a\":1 \"b\":2}",
        "{\"a\":\"", "{\"a\":\"\\", "{\"a\":[}", "{\"a\":{\"b\":1}", "{,}",
    ])
    func `What is cut off or out of order is an error, never a crash`(_ text: String) {
        #expect(throws: KubernetesError.self) { try JSONScanner(Array(text.utf8)).members() }
    }

    @Test func `Lines are cut wherever the pieces are`() throws {
        let text = Array("one\n\ntwo\nthree".utf8)
        for size in 1...text.count {
            var buffer = LineBuffer(limit: 5)
            var lines: [String] = []
            for start in stride(from: 0, to: text.count, by: size) {
                buffer.append(text[start..<min(start + size, text.count)])
                while let line = try buffer.next() { lines.append(String(decoding: line, as: UTF8.self)) }
            }
            #expect(lines == ["one", "", "two"])
            #expect(!buffer.isEmpty)
        }
    }

    @Test func `A line that is too long fails before it is complete`() throws {
        var buffer = LineBuffer(limit: 3)
        buffer.append(Array("abc\nabcd".utf8))
        #expect(try buffer.next()?.count == 3)
        #expect(throws: KubernetesError.self) { try buffer.next() }
    }
}
