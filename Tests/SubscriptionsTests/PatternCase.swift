// SPDX-License-Identifier: Apache-2.0

import Testing

/// A pattern, and texts on either side of it.
struct PatternCase: Sendable, CustomTestStringConvertible {
    let pattern: String
    let matching: [String]
    let others: [String]

    init(_ pattern: String, matches matching: [String] = [], not others: [String] = []) {
        (self.pattern, self.matching, self.others) = (pattern, matching, others)
    }

    var testDescription: String { pattern.debugDescription }

    /// Compares with a matcher compiled from the pattern.
    func check(_ matches: (String) -> Bool) {
        for text in matching { #expect(matches(text), "should match \(text.debugDescription)") }
        for text in others { #expect(!matches(text), "should not match \(text.debugDescription)") }
    }
}
