// SPDX-License-Identifier: Apache-2.0

/// A pattern for paths with the meaning of doublestar v4, which Kargo uses for `glob:` in `includePaths`.
///
/// `*` and `?` stop at `/`; `**` crosses it, but only as a whole component; `{a,b}` may be nested. Braces are
/// multiplied out, as doublestar does, and the result is matched by RE2: linear in the path for every pattern.
package struct Glob: Sendable {
    /// Longest pattern that is read, in bytes.
    package static let lengthLimit = 4096
    /// What multiplying out the braces may come to, in tokens; `{a,b}` twelve times in a row still fits.
    package static let expansionLimit = 1 << 18

    private let expression: RegularExpression

    /// Compiles a pattern.
    ///
    /// - Throws: `SyntaxError` for what doublestar refuses, and for patterns past the limits.
    package init(_ pattern: String) throws(SyntaxError) {
        var scanner = try GlobScanner(pattern, limit: Self.lengthLimit)
        let tooComplex = scanner.error(.tooComplex)
        guard let expansion = Self.expand(try scanner.tokens()) else { throw tooComplex }
        let alternatives = expansion.map(Self.expression).joined(separator: "|")
        do {
            expression = try RegularExpression(ofAnyLength: "(?s)\\A(?:\(alternatives))\\z")
        } catch {
            throw tooComplex
        }
    }

    /// Whether the whole path matches.
    ///
    /// Paths are relative, with `/` between components.
    package func matches(_ path: String) -> Bool {
        expression.matches(path)
    }
}

extension Glob {
    private typealias Component = ArraySlice<GlobToken>

    /// One pattern for each way through the braces, or `nil` when there are too many.
    private static func expand(_ tokens: [GlobToken]) -> [[GlobToken]]? {
        var finished: [[GlobToken]] = []
        var pending = [tokens]
        var budget = expansionLimit
        while let pattern = pending.popLast() {
            guard let braces = firstBraces(in: pattern) else {
                finished.append(pattern)
                continue
            }
            for alternative in braces.alternatives {
                let pieces = [pattern[..<braces.start], pattern[alternative], pattern[braces.end...]]
                let expanded = Array(pieces.joined())
                budget -= expanded.count + 1
                guard budget >= 0 else { return nil }
                pending.append(expanded)
            }
        }
        return finished
    }

    /// Where the first braces begin, what they offer and where the pattern goes on behind them.
    private static func firstBraces(
        in pattern: [GlobToken]
    ) -> (start: Int, alternatives: [Range<Int>], end: Int)? {
        guard let start = pattern.firstIndex(of: .open) else { return nil }
        var alternatives: [Range<Int>] = []
        var alternative = start + 1
        var depth = 0
        for index in pattern[start...].indices {
            if pattern[index] == .open { depth += 1 }
            if depth == 1, pattern[index] == .comma || pattern[index] == .close {
                alternatives.append(alternative..<index)
                alternative = index + 1
            }
            if pattern[index] == .close { depth -= 1 }
            if depth == 0 { break }
        }
        return (start, alternatives, alternative)
    }

    /// The RE2 expression for a pattern without braces.
    private static func expression(for pattern: [GlobToken]) -> String {
        let doublestar: Component = [.star, .star]
        let components = pattern.split(separator: .separator, omittingEmptySubsequences: false)
        var expression = ""
        var isOptional = false
        for (index, component) in components.enumerated() {
            let rest = components[(index + 1)...]
            if component == doublestar {
                expression += rest.isEmpty ? ".*" : "(?:[^/]*/)*"
                continue
            }
            expression += component.map(Self.expression).joined()
            if rest.isEmpty { break }
            // `a/**` and `a/**/` match `a` itself.
            isOptional = rest == [doublestar] || rest == [doublestar, []]
            expression += isOptional ? "(?:/" : "/"
        }
        return isOptional ? expression + ")?" : expression
    }

    private static func expression(for token: GlobToken) -> String {
        if case .character(let expression) = token { expression } else { "[^/]*" }
    }
}
