// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Subscriptions

@Suite("Versions")
struct VersionTests {
    struct Reading: Sendable, CustomTestStringConvertible {
        let text: String
        let canonical: String
        /// What a strict reading says, `nil` when it accepts.
        let strict: SyntaxError.Code?

        init(_ text: String, _ canonical: String, strict: SyntaxError.Code? = nil) {
            (self.text, self.canonical, self.strict) = (text, canonical, strict)
        }

        var testDescription: String { text.debugDescription }
    }

    static let readings = [
        Reading("1.2.3", "1.2.3"),
        Reading("v1.2.3", "1.2.3"),
        Reading("0.0.0", "0.0.0"),
        Reading("1", "1.0.0", strict: .incomplete),
        Reading("v1", "1.0.0", strict: .incomplete),
        Reading("1.2", "1.2.0", strict: .incomplete),
        Reading("v1.2", "1.2.0", strict: .incomplete),
        Reading("1.2-5", "1.2.0-5", strict: .incomplete),
        Reading("v1.2-beta.5", "1.2.0-beta.5", strict: .incomplete),
        Reading(
            "20221209-update-renovatejson-v4",
            "20221209.0.0-update-renovatejson-v4",
            strict: .incomplete
        ),
        Reading("01.2.3", "1.2.3", strict: .leadingZero),
        Reading("1.02.3", "1.2.3", strict: .leadingZero),
        Reading("1.2.003", "1.2.3", strict: .leadingZero),
        Reading("000000000000000000000000000001.0.0", "1.0.0", strict: .leadingZero),
        Reading("1.2.3-alpha.-1", "1.2.3-alpha.-1"),
        Reading("1.2.3-alpha.0", "1.2.3-alpha.0"),
        Reading("1.2.3-0a", "1.2.3-0a"),
        Reading("1.2.3--", "1.2.3--"),
        Reading("1.2.3-rc1-with-hyphen", "1.2.3-rc1-with-hyphen"),
        Reading("1.2.0-x.Y.0+metadata", "1.2.0-x.Y.0"),
        Reading("1.2.3+test.01", "1.2.3"),
        Reading("1.2.3+a-b", "1.2.3"),
        Reading("1.2.2147483648", "1.2.2147483648"),
        Reading("18446744073709551615.0.0", "18446744073709551615.0.0"),
        Reading("1.2.3-99999999999999999999999", "1.2.3-99999999999999999999999"),
    ]

    @Test("A lenient reading fills in what is missing", arguments: readings)
    func lenient(reading: Reading) throws {
        #expect(try Version(reading.text).description == reading.canonical)
    }

    @Test("A strict reading asks for three numbers without leading zeros", arguments: readings)
    func strict(reading: Reading) throws {
        do {
            #expect(try Version(reading.text, strict: true).description == reading.canonical)
            #expect(reading.strict == nil)
        } catch {
            #expect(error.code == reading.strict)
        }
    }

    @Test(
        "What is no version is refused, strict or not",
        arguments: [
            InvalidCase("", .numberExpected),
            InvalidCase("v", .numberExpected, at: 1),
            InvalidCase("vv1.2.3", .numberExpected, at: 1),
            InvalidCase("V1.2.3", .numberExpected),
            InvalidCase("foo", .numberExpected),
            InvalidCase("latest", .numberExpected),
            InvalidCase(" 1.2.3", .numberExpected),
            InvalidCase("\n1.2.3", .numberExpected),
            InvalidCase("-1.2.3", .numberExpected),
            InvalidCase("x.2.3", .numberExpected),
            InvalidCase("1.2.3 ", .unexpectedCharacter, at: 5),
            InvalidCase("1.2.3\n", .unexpectedCharacter, at: 5),
            InvalidCase("1.2.3\0", .unexpectedCharacter, at: 5),
            InvalidCase("1.", .numberExpected, at: 2),
            InvalidCase("1..3", .numberExpected, at: 2),
            InvalidCase("1.2.", .numberExpected, at: 4),
            InvalidCase("1.2.beta", .numberExpected, at: 4),
            InvalidCase("1.2.x", .numberExpected, at: 4),
            InvalidCase("1.2.3.4", .unexpectedCharacter, at: 5),
            InvalidCase("12.3.34.1234", .unexpectedCharacter, at: 7),
            InvalidCase("1.2.3beta", .unexpectedCharacter, at: 5),
            InvalidCase("1.2.3_1", .unexpectedCharacter, at: 5),
            InvalidCase("1.2.3-", .identifierExpected, at: 6),
            InvalidCase("1.2.3-a.", .identifierExpected, at: 8),
            InvalidCase("1.2.3-a..b", .identifierExpected, at: 8),
            InvalidCase("1.2.3-.a", .identifierExpected, at: 6),
            InvalidCase("1.2.3-ä", .identifierExpected, at: 6),
            InvalidCase("1.2.3-foo☃︎", .unexpectedCharacter, at: 9),
            InvalidCase("1.2.3-alpha.01", .leadingZero, at: 12),
            InvalidCase("1.2.3-00", .leadingZero, at: 6),
            InvalidCase("1.2.3+", .identifierExpected, at: 6),
            InvalidCase("1.2.3+a+b", .unexpectedCharacter, at: 7),
            InvalidCase("1.2.3-+a", .identifierExpected, at: 6),
            InvalidCase("18446744073709551616.0.0", .numberTooLarge),
            InvalidCase("1.2.99999999999999999999999", .numberTooLarge, at: 4),
            InvalidCase("１.2.3", .numberExpected),
            InvalidCase(String(repeating: "1", count: 257), .tooLong(limit: 256)),
        ]
    )
    func invalid(version: InvalidCase) {
        version.check(.version) { try Version(version.text) }
        version.check(.version) { try Version(version.text, strict: true) }
    }

    /// From least to greatest; versions in one row are equal.
    static let ordered = [
        ["0.0.0-0"], ["0.0.0-alpha"], ["0", "0.0.0", "v0.0.0+a"], ["0.0.1"], ["0.1"], ["0.2.0-a"],
        ["1.0.0-1"], ["1.0.0-2"], ["1.0.0-10"], ["1.0.0-18446744073709551616"],
        ["1.0.0-20000000000000000000"],
        ["1.0.0--1"], ["1.0.0-1a"], ["1.0.0-A"], ["1.0.0-a"], ["1.0.0-alpha", "1-alpha+x"], ["1.0.0-alpha.1"],
        ["1.0.0-alpha.beta"], ["1.0.0-beta"], ["1.0.0-beta.2"], ["1.0.0-beta.11"], ["1.0.0-beta.-2"],
        ["1.0.0-beta.-3"], ["1.0.0-rc.1"], ["1.0.0-rc.1.0"], ["1", "1.0.0+b.1", "01.00"], ["1.0.1"],
        ["1.2.3"], ["1.10.0"], ["2"], ["7.43.0-SNAPSHOT.99"], ["7.43.0-SNAPSHOT.103"],
        ["7.43.0-SNAPSHOT.FOO"],
        ["7.43"], ["18446744073709551615.0.0"],
    ]

    @Test("Versions are ordered by precedence, and equal ones hash alike", arguments: ordered.indices)
    func order(row: Int) throws {
        for text in Self.ordered[row] {
            let version = try Version(text)
            for (other, texts) in Self.ordered.enumerated() {
                for other in try texts.map({ try Version($0) }).map({ (other, $0) }) {
                    #expect((version < other.1) == (row < other.0), "\(version) < \(other.1)")
                    #expect((version == other.1) == (row == other.0), "\(version) == \(other.1)")
                    if row == other.0 { #expect(version.hashValue == other.1.hashValue) }
                }
            }
        }
    }

    @Test("A part of a longer text can be read where it stands")
    func substring() throws {
        let version = try Version("refs/tags/v1.2.3".dropFirst(10), strict: true)
        #expect(version == Version(major: 1, minor: 2, patch: 3))
        let error = #expect(throws: SyntaxError.self) { try Version("refs/tags/1.x".dropFirst(10)) }
        #expect(error?.text == "1.x")
        #expect(error?.offset == 2)
    }

    @Test("An error says what, where and what to do, without control characters")
    func description() {
        let error = #expect(throws: SyntaxError.self) { try Version("1.2\n") }
        #expect(
            error?.description == #"version "1.2\n", byte 3: this character does not belong here; remove it"#
        )
    }
}
