// SPDX-License-Identifier: Apache-2.0

/// Cuts a glob into tokens and refuses what doublestar's `ValidatePattern` refuses.
struct GlobScanner {
    private let pattern: String
    private var rest: Substring.UnicodeScalarView

    init(_ pattern: String, limit: Int) throws(SyntaxError) {
        (self.pattern, rest) = (pattern, pattern.unicodeScalars[...])
        guard pattern.utf8.count <= limit else { throw error(.tooLong(limit: limit)) }
    }

    /// All tokens; every `open` has its `close`, and every `comma` stands between the two.
    mutating func tokens() throws(SyntaxError) -> [GlobToken] {
        var tokens: [GlobToken] = []
        var braces: [Self] = []
        while !rest.isEmpty {
            let start = self
            let scalar = try take()
            switch scalar {
            case "*": tokens.append(.star)
            case "?": tokens.append(.character("[^/]"))
            case "[": tokens.append(try characterClass(from: start))
            case "{":
                tokens.append(.open)
                braces.append(start)
            case "}":
                guard braces.popLast() != nil else { throw start.error(.unexpectedCharacter) }
                tokens.append(.close)
            case "," where !braces.isEmpty: tokens.append(.comma)
            default: tokens.append(Self.literal(try unescaped(scalar, from: start)))
            }
        }
        if let brace = braces.last { throw brace.error(.unterminated) }
        return tokens
    }

    /// Reads the rest of `[a-z]`, `[!a-z]` or `[^a-z]`.
    ///
    /// As in doublestar a class may match `/`, a hyphen at either end means itself, and a range that runs
    /// backwards adds only its first character.
    private mutating func characterClass(from start: Self) throws(SyntaxError) -> GlobToken {
        var members = ""
        var low: Unicode.Scalar?
        let isNegated = rest.first == "!" || rest.first == "^"
        if isNegated { rest.removeFirst() }
        while true {
            var scalar = try take(from: start)
            if scalar == "]" { break }
            if let bound = low, scalar == "-", rest.first != "]" {
                let high = try unescaped(take(from: start), from: start)
                if bound < high { members += "-" + Self.expression(high) }
                low = nil
            } else {
                scalar = try unescaped(scalar, from: start)
                members += Self.expression(scalar)
                low = scalar
            }
        }
        guard !members.isEmpty else { throw start.error(.emptyClass) }
        return .character("[\(isNegated ? "^" : "")\(members)]")
    }

    /// The next character, or what stands at `start` (by default here) is unterminated.
    private mutating func take(from start: Self? = nil) throws(SyntaxError) -> Unicode.Scalar {
        guard let scalar = rest.popFirst() else { throw (start ?? self).error(.unterminated) }
        return scalar
    }

    /// The scalar itself or, if it is a backslash, the one behind it.
    private mutating func unescaped(
        _ scalar: Unicode.Scalar,
        from start: Self
    ) throws(SyntaxError) -> Unicode.Scalar {
        scalar == "\\" ? try take(from: start) : scalar
    }

    /// An error about what stands at the front.
    func error(_ code: SyntaxError.Code) -> SyntaxError {
        let offset = pattern.utf8.distance(from: pattern.startIndex, to: rest.startIndex)
        return SyntaxError(grammar: .glob, code: code, text: pattern, offset: offset)
    }

    private static func literal(_ scalar: Unicode.Scalar) -> GlobToken {
        scalar == "/" ? .separator : .character(expression(scalar))
    }

    /// By number, so that nothing has to know which characters RE2 finds special.
    private static func expression(_ scalar: Unicode.Scalar) -> String {
        "\\x{\(String(scalar.value, radix: 16))}"
    }
}
