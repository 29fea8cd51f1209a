// SPDX-License-Identifier: Apache-2.0

/// Reads the parts of a version from the front of a text, byte by byte and never back.
///
/// Shared by versions and constraints, so that both know the same numbers and pre-releases.
struct VersionScanner {
    private let grammar: SyntaxError.Grammar
    private let text: Substring
    private var rest: Substring.UTF8View

    init(_ text: Substring, as grammar: SyntaxError.Grammar, limit: Int) throws(SyntaxError) {
        (self.grammar, self.text, rest) = (grammar, text, text.utf8)
        guard rest.count <= limit else { throw error(.tooLong(limit: limit)) }
    }

    var next: UInt8? { rest.first }

    var isAtEnd: Bool { rest.isEmpty }

    /// An error about what stands at an index, by default at the front.
    func error(_ code: SyntaxError.Code, at index: Substring.Index? = nil) -> SyntaxError {
        let offset = text.utf8.distance(from: text.startIndex, to: index ?? rest.startIndex)
        return SyntaxError(grammar: grammar, code: code, text: String(text), offset: offset)
    }

    /// Steps over the character, if it is the next one.
    @discardableResult
    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard next == UInt8(ascii: character) else { return false }
        rest.removeFirst()
        return true
    }

    /// Steps over white space (what `\s` means to Go) and says whether there was any.
    @discardableResult
    mutating func takeSpaces() -> Bool {
        !takePrefix { [0x09, 0x0A, 0x0C, 0x0D, 0x20].contains($0) }.isEmpty
    }

    mutating func number(strict: Bool = false) throws(SyntaxError) -> UInt64 {
        let digits = takePrefix { $0.isDigit }
        guard let first = digits.first else { throw error(.numberExpected) }
        if strict, first == UInt8(ascii: "0"), digits.count > 1 {
            throw error(.leadingZero, at: digits.startIndex)
        }
        if let number = UInt64(Substring(digits)) { return number }
        throw error(.numberTooLarge, at: digits.startIndex)
    }

    /// Reads `-rc.1+build.5`, either part or nothing; returns the pre-release.
    mutating func prerelease() throws(SyntaxError) -> String {
        let prerelease = try take("-") ? identifiers(strict: true) : ""
        if take("+") { _ = try identifiers(strict: false) }
        return String(prerelease)
    }

    /// Reads dot-separated identifiers; strict means that numbers among them have no leading zeros.
    private mutating func identifiers(strict: Bool) throws(SyntaxError) -> Substring {
        let list = rest
        repeat {
            let identifier = takePrefix { $0.isDigit || $0.isLetter || $0 == UInt8(ascii: "-") }
            guard let first = identifier.first else { throw error(.identifierExpected) }
            if strict, first == UInt8(ascii: "0"), identifier.count > 1, identifier.allSatisfy(\.isDigit) {
                throw error(.leadingZero, at: identifier.startIndex)
            }
        } while take(".")
        return Substring(list[..<rest.startIndex])
    }

    private mutating func takePrefix(while belongs: (UInt8) -> Bool) -> Substring.UTF8View {
        let prefix = rest.prefix(while: belongs)
        rest = rest[prefix.endIndex...]
        return prefix
    }
}

extension UInt8 {
    /// Whether this is one of ASCII's ten.
    var isDigit: Bool { UInt8(ascii: "0") <= self && self <= UInt8(ascii: "9") }

    /// Whether this is one of ASCII's fifty-two.
    fileprivate var isLetter: Bool {
        let lowercase = self | 0x20
        return UInt8(ascii: "a") <= lowercase && lowercase <= UInt8(ascii: "z")
    }
}
