// SPDX-License-Identifier: Apache-2.0

/// `ignoreTagsRegexes` and `allowTagsRegexes`: the former reject first, the latter must have one that matches.
package struct TagFilter: Sendable {
    private let ignored: [Pattern]
    private let allowed: [Pattern]

    /// An expression with its text, which the refusal quotes.
    package typealias Pattern = (text: String, expression: RegularExpression)

    /// No expressions let every tag pass.
    package init(ignored: [Pattern] = [], allowed: [Pattern] = []) {
        self.ignored = ignored
        self.allowed = allowed
    }

    /// Whether every tag passes.
    var isEmpty: Bool { ignored.isEmpty && allowed.isEmpty }

    /// Everything it depends on.
    var definition: String { "ignored \(ignored.map(\.text)) allowed \(allowed.map(\.text))" }

    func refusal(of tag: String) -> Refusal? {
        if let pattern = ignored.first(where: { $0.expression.matches(tag) }) {
            return .ignored(pattern: pattern.text)
        }
        return allowed.isEmpty || allowed.contains { $0.expression.matches(tag) } ? nil : .notAllowed
    }
}
