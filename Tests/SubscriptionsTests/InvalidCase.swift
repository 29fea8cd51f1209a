// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Subscriptions

/// A text that is refused, why, and where in bytes.
struct InvalidCase: Sendable, CustomTestStringConvertible {
    let text: String
    let code: SyntaxError.Code
    let offset: Int

    init(_ text: String, _ code: SyntaxError.Code, at offset: Int = 0) {
        (self.text, self.code, self.offset) = (text, code, offset)
    }

    var testDescription: String { text.prefix(60).debugDescription }

    func check(_ grammar: SyntaxError.Grammar, _ compile: () throws -> Any) {
        let expected = SyntaxError(grammar: grammar, code: code, text: text, offset: offset)
        #expect(throws: expected) { _ = try compile() }
    }
}
