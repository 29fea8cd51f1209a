// SPDX-License-Identifier: Apache-2.0

import Foundation
import POSIX
import TestSupport
import Testing

@testable import WebhookFCGI

/// What proves that a form is from a page of ours.
@Suite struct PageKeyTests {
    private let key = PageKey([UInt8](repeating: 7, count: 32))
    private let now = Timestamp(microseconds: 1_767_225_600_000_000)

    @Test func `A token is accepted from whom it was made for, for half a day`() {
        let token = key.token(for: "ann", at: now)
        #expect(key.accepts(token, from: "ann", at: now))
        #expect(key.accepts(token, from: "ann", at: now + .seconds(12 * 3600 - 1)))
        #expect(!key.accepts(token, from: "ann", at: now + .seconds(12 * 3600)))
        #expect(!key.accepts(token, from: "ann", at: now - .seconds(61)))
        for other in ["", "bob", "Ann", "ann ", "an"] { #expect(!key.accepts(token, from: other, at: now)) }
    }

    @Test func `One of another key, and one with anything else in it, is not`() {
        let token = key.token(for: "", at: now)
        #expect(!PageKey([UInt8](repeating: 8, count: 32)).accepts(token, from: "", at: now))
        for index in token.indices {
            var changed = token
            changed.replaceSubrange(index...index, with: token[index] == "0" ? "1" : "0")
            #expect(!key.accepts(changed, from: "", at: now), "\(changed)")
        }
        let code = token.split(separator: ".")[1]
        for text in [
            "", ".", "\(token)0", "\(token)00", String(token.dropLast(2)), ".\(code)", "\(token).",
            token.uppercased(),
            "+\(token)", "0\(token)", "\(String(now.microseconds + 1, radix: 16)).\(code)", "-1.\(code)",
            "ffffffffffffffffff.\(code)", "7fffffffffffffff.\(code)",
        ] {
            #expect(!key.accepts(text, from: "", at: now), "\(text)")
        }
    }

    /// Time and user are told apart, whatever they are.
    @Test func `No user's token is another's with another time`() {
        let token = key.token(for: "a\0b", at: now)
        #expect(!key.accepts(token, from: "b", at: now) && !key.accepts(token, from: "a", at: now))
    }

    @Test func `Processes that share a folder have the same key, which nobody else reads`() throws {
        let folder = try TemporaryFolder()
        let first = try PageKey(in: folder.path)
        let token = first.token(for: "ann", at: now)
        #expect(try PageKey(in: folder.path).accepts(token, from: "ann", at: now))
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/pages.key")
        #expect(attributes[.posixPermissions] as? Int == 0o600 && attributes[.size] as? Int == 32)
        // Another folder has another.
        let other = try TemporaryFolder()
        #expect(try !PageKey(in: other.path).accepts(token, from: "ann", at: now))
    }

    @Test func `A key that was cut short is made anew`() throws {
        let folder = try TemporaryFolder()
        try folder.write("short", to: "pages.key", mode: 0o600)
        let token = try PageKey(in: folder.path).token(for: "", at: now)
        #expect(try PageKey(in: folder.path).accepts(token, from: "", at: now))
        let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/pages.key")
        #expect(attributes[.size] as? Int == 32)
    }
}
