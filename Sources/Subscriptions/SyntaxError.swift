// SPDX-License-Identifier: Apache-2.0

/// A text that is not the version, constraint, regular expression or glob it should be.
///
/// One type for all of them, so that what compiles a whole subscription can say `throws(SyntaxError)`. For tags
/// it is an everyday answer ("not a version"), so it costs nothing until it is described; for what a Warehouse
/// says it is that Warehouse's error, shown to the operator.
package struct SyntaxError: Error, Hashable, Sendable {
    /// A language of this room.
    package enum Grammar: String, Sendable {
        /// A tag or chart version: SemVer 2, strict or lenient.
        case version
        /// What `VersionConstraint` reads.
        case constraint = "version constraint"
        /// RE2.
        case regularExpression = "regular expression"
        /// doublestar.
        case glob
    }

    /// What is wrong.
    package enum Code: Hashable, Sendable {
        /// The text has more bytes than are read; nothing of it was looked at.
        case tooLong(limit: Int)
        /// A number (in a constraint: or a wildcard) is missing.
        case numberExpected
        /// A number needs more than 64 bits.
        case numberTooLarge
        /// A number starts with a zero where SemVer 2 (§2, §9) forbids it.
        case leadingZero
        /// A strict version has fewer than three numbers.
        case incomplete
        /// Nothing follows a `-`, a `+` or a `.` that asks for an identifier.
        case identifierExpected
        /// What stands here belongs to nothing before it.
        case unexpectedCharacter
        /// Two terms of a constraint run into each other.
        case separatorExpected
        /// A `[`, a `{` or a final backslash lacks what it opens.
        case unterminated
        /// `[]` matches nothing.
        case emptyClass
        /// The pattern stands for more alternatives, or a larger program, than is allowed.
        case tooComplex
        /// RE2 refused the expression; the words are its own.
        case refused(String)
    }

    /// The language the text should have been written in.
    package let grammar: Grammar
    /// What is wrong at `offset`.
    package let code: Code
    /// The whole text, as it was given.
    package let text: String
    /// Where in the text, in UTF-8 bytes from its start.
    package let offset: Int
}

extension SyntaxError: CustomStringConvertible {
    /// What is wrong, where, and what to do, for the operator.
    ///
    /// The text is escaped, for a tag may hold anything, and shortened when it is long.
    package var description: String {
        let excerpt = text.utf8.count > 120 ? "\(text.prefix(40))…" : text
        return "\(grammar.rawValue) \(excerpt.debugDescription), byte \(offset): \(code.remedy)"
    }
}

extension SyntaxError.Code {
    fileprivate var remedy: String {
        switch self {
        case .tooLong(let limit): "too long; use at most \(limit) bytes"
        case .numberExpected: "a number is missing here; write a version such as 1.2.3"
        case .numberTooLarge: "the number is too large; use at most \(UInt64.max)"
        case .leadingZero: "the number starts with a zero; leave the zero out"
        case .incomplete: "a strict version has three numbers; write 1.2.0, or turn strictSemvers off"
        case .identifierExpected: "an identifier is missing here; use letters, digits and hyphens"
        case .unexpectedCharacter: "this character does not belong here; remove it"
        case .separatorExpected: "the version ends here; put a space, a comma or || before what follows"
        case .unterminated: "never closed; close it, or put a backslash before it to mean the character"
        case .emptyClass: "an empty class matches nothing; put characters between [ and ]"
        case .tooComplex: "too complex; use fewer alternatives or several patterns"
        case .refused(let reason): "\(reason); see https://github.com/google/re2/wiki/Syntax"
        }
    }
}
