// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Config

/// JSON as the API server writes it, read by a parser of YAML.
@Suite struct JSONTests {
    private func root(_ json: String) -> YAMLValue? {
        YAMLFile.root(ofJSON: Array(json.utf8), called: "Warehouse a/b")
    }

    @Test(arguments: [
        (#"\u003e=1.0.0 \u0026\u003c2"#, ">=1.0.0 &<2"), (#"\u2028\u2029\ufeff"#, "\u{2028}\u{2029}\u{FEFF}"),
        (#"\"\\\/\b\f\n\r\t\u0001\u001f"#, "\"\\/\u{8}\u{C}\n\r\t\u{1}\u{1F}"),
        (#"\\u0041\\n"#, "\\u0041\\n"),
        (
            "\u{7F}\u{FEFF}\u{85}\u{9B}\u{2028}\u{2029}\u{FFFE}\u{FFFF}",
            "\u{7F}\u{FEFF}\u{85}\u{9B}\u{2028}\u{2029}\u{FFFE}\u{FFFF}"
        ),
        ("é😀\u{200B}\u{E000}\u{FFFD}\u{10FFFF}", "é😀\u{200B}\u{E000}\u{FFFD}\u{10FFFF}"),
        (" \u{A0} two  spaces ", " \u{A0} two  spaces "),
        ("--- # &a *a !t %d {x: [y]} 'q' - ? | >", "--- # &a *a !t %d {x: [y]} 'q' - ? | >"),
        ("true", "true"), ("", ""),
        (String(repeating: "long ", count: 1000), String(repeating: "long ", count: 1000)),
    ])
    func `A string is what it was`(_ written: String, _ text: String) throws {
        let value = try #require(root(#"{"a":["\#(written)"]}"#)?["a"])
        #expect(
            value.elements.map { Array(($0.scalar ?? "?").unicodeScalars) } == [Array(text.unicodeScalars)]
        )
        #expect(value.elements.map(\.shape) == [.text])
    }

    @Test(arguments: [
        ("1", YAMLShape.number), ("-1.5e+10", .number), ("true", .boolean), ("null", .empty),
        ("{}", .mapping),
        ("[]", .list), (#""""#, .text),
    ])
    func `A value is of its type`(_ json: String, _ shape: YAMLShape) {
        #expect(root(#"{"a":[\#(json)]}"#)?["a"]?.elements.map(\.shape) == [shape])
    }

    @Test(arguments: [
        #"{"a":{"b":"c"}}"#, "{\r\n\t\t\"a\" :\t{ \"b\":\r\"c\"\n}\n}\n\n", "{\n\"a\":\n{\n\"b\":\n\"c\"}}",
    ])
    func `White space between tokens does not matter`(_ json: String) throws {
        let value = try #require(root(json))
        #expect(value["a"]?["b"]?.scalar == "c")
    }

    @Test func `Problems name the object, and no line of what nobody has seen`() throws {
        let value = try #require(root("{\n\"a\":1}")?["a"])
        #expect(
            "\(value.mismatch(.text))" == "Warehouse a/b: a must be text, but is a number: put it in quotes"
        )
    }

    /// No API server writes these: it has read what it was sent, and writes it in its own way.
    @Test(arguments: [
        #"{"\#(String(repeating: "k", count: 1025))":1}"#, #"{"a":"\ud83d\ude00"}"#, #"{"a":1,"a":2}"#, "{",
        "",
        #"{"a":\#(String(repeating: "[", count: 10_000))\#(String(repeating: "]", count: 10_000))}"#,
    ])
    func `What YAML cannot hold is refused`(_ json: String) {
        #expect(root(json) == nil)
    }

    @Test func `What is no text is refused`() {
        #expect(
            YAMLFile.root(ofJSON: Array(#"{"a":""#.utf8) + [0xC0, 0x80] + Array(#""}"#.utf8), called: "a")
                == nil
        )
    }
}
