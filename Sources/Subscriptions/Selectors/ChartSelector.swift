// SPDX-License-Identifier: Apache-2.0

/// The versions that a chart subscription takes.
package struct ChartSelector: Sendable, CustomStringConvertible {
    private let rule: VersionRule

    /// Compiles `semverConstraint`; nil and the empty text take every version.
    package init(constraint: String?) throws(SyntaxError) {
        rule = try VersionRule(constraint: constraint, isStrict: false)
    }

    func refusal(of qualifiers: Event.Qualifiers) -> Refusal? {
        switch qualifiers {
        case .unknown: nil
        case .untagged: .untagged(strategy: "SemVer")
        // A tag cannot hold a plus, so Helm writes 1.0.0+build as 1.0.0_build.
        case .tags(let tags), .refs(let tags):
            tags.refusal { rule.refusal(of: String($0.map { $0 == "_" ? "+" : $0 })) }
        }
    }

    var definition: String { rule.definition }

    package var description: String { rule.title }
}
