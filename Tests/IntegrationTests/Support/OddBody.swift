// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// A body that no sender sends, and that means nothing.
struct OddBody: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let bytes: [UInt8]

    private init(_ description: String, _ bytes: [UInt8]) {
        testDescription = description
        self.bytes = bytes
    }

    private init(_ description: String, _ text: String) { self.init(description, Array(text.utf8)) }

    static let all: [OddBody] = [
        OddBody("nothing", ""),
        OddBody("white space", " \n\t "),
        OddBody("null", "null"),
        OddBody("a number", "1"),
        OddBody("an empty array", "[]"),
        OddBody("an empty object", "{}"),
        OddBody("half of a push", Array(Payload.harborPush().prefix(100))),
        OddBody("two pushes", Payload.harborPush() + Payload.harborPush()),
        OddBody("a push in an array", [UInt8(ascii: "[")] + Payload.harborPush() + [UInt8(ascii: "]")]),
        OddBody("NULs", [UInt8](repeating: 0, count: 1000)),
        OddBody("a push after a NUL", [0] + Payload.harborPush()),
        OddBody("a push before a NUL", Payload.harborPush() + [0]),
        OddBody("a push in UTF-16", Payload.harborPush().flatMap { [$0, 0] }),
        OddBody("a push in UTF-32", Payload.harborPush().flatMap { [0, 0, 0, $0] }),
        OddBody("invalid UTF-8", [UInt8](repeating: 0xFF, count: 1000)),
        OddBody("100,000 nested arrays", String(repeating: "[", count: 100_000)),
        OddBody(
            "100,000 nested arrays with their ends",
            String(repeating: "[", count: 100_000) + String(repeating: "]", count: 100_000)
        ),
        OddBody("100,000 nested objects", String(repeating: #"{"a":"#, count: 100_000)),
        OddBody(
            "the shape of nothing",
            #"{"type":1,"event_data":[],"action":{},"push_data":"x","repository":[]}"#
        ),
        OddBody(
            "numbers beyond all numbers",
            #"{"type":1e999,"event_data":1e999,"action":1e999,"push_data":1e999}"#
        ),
        OddBody("a form", "payload=%7B%7D"),
        OddBody("XML", "<push/>"),
    ]

    /// Such as a careful reader refuses and a tolerant one may take for the push of `guestbook` they contain.
    static let debatable: [OddBody] = [
        OddBody("a byte order mark", [0xEF, 0xBB, 0xBF] + Payload.harborPush()),
        OddBody("an unused number beyond all numbers", push(with: #""occur_at":1e999"#)),
        OddBody("an unused field of 100,000 nested arrays", push(with: #""x":\#(nested(100_000))"#)),
        OddBody("the type twice, the push last", push(with: #""type":"PULL_ARTIFACT""#)),
        OddBody("the event's data twice", push(with: #""event_data":{"resources":[]}"#)),
        OddBody("an escaped NUL", push(with: #""operator":"\u0000""#)),
        OddBody("half of a surrogate pair", push(with: #""operator":"\ud800""#)),
    ]

    /// The push of `guestbook`, with a field before all others.
    private static func push(with field: String) -> String {
        "{\(field)," + String(decoding: Payload.harborPush().dropFirst(), as: UTF8.self)
    }

    private static func nested(_ depth: Int) -> String {
        String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
    }
}
