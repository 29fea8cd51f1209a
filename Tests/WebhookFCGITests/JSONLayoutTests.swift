// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct JSONLayoutTests {
    @Test(arguments: [
        (
            #"{"b":1.50,"a":[1,{"c":null}]}"#,
            "{\n  \"b\": 1.50,\n  \"a\": [\n    1,\n    {\n      \"c\": null\n    }\n  ]\n}"
        ),
        ("{ }", "{}"), ("[ [ ] , { } ]", "[\n  [],\n  {}\n]"), ("  17 ", "17"), ("", ""),
        (#"{"a b": "x: {,}\" \\"}"#, "{\n  \"a b\": \"x: {,}\\\" \\\\\"\n}"),
    ])
    func `Order, numbers and escapes stay`(_ json: String, _ expected: String) {
        #expect(JSONLayout(Array(json.utf8)).description == expected)
    }

    @Test func `However deep, it does not become long`() {
        let count = 10_000
        let text =
            [UInt8](repeating: UInt8(ascii: "["), count: count)
            + [UInt8](repeating: UInt8(ascii: "]"), count: count)
        #expect(JSONLayout(text).description.utf8.count < 200 * count)
    }

    @Test(arguments: ["}}}", "{\"", ",,:", "[}"])
    func `What is no JSON does no harm`(_ text: String) {
        #expect(JSONLayout(Array(text.utf8)).description.filter { !$0.isWhitespace } == text)
    }
}
