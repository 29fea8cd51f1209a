// SPDX-License-Identifier: Apache-2.0

/// The tags that an image subscription takes: the filter first, then `imageSelectionStrategy`.
package struct ImageSelector: Sendable {
    package enum Strategy: Sendable {
        /// The tag is a version.
        case semVer(VersionRule)
        /// The tag is this one, of which Kargo follows the digest.
        case digest(tag: String)
        case lexical
        case newestBuild
    }

    private let strategy: Strategy
    private let filter: TagFilter

    package init(_ strategy: Strategy, filter: TagFilter = TagFilter()) {
        self.strategy = strategy
        self.filter = filter
    }

    func refusal(of qualifiers: Event.Qualifiers) -> Refusal? {
        switch qualifiers {
        case .unknown: nil
        case .untagged: takesAnything ? nil : .untagged(strategy: name)
        case .tags(let tags), .refs(let tags): tags.refusal { filter.refusal(of: $0) ?? refusal(of: $0) }
        }
    }

    private func refusal(of tag: String) -> Refusal? {
        switch strategy {
        case .semVer(let rule): rule.refusal(of: tag)
        case .digest(let expected): tag == expected ? nil : .otherTag(expected: expected)
        case .lexical, .newestBuild: nil
        }
    }

    /// Whether an artifact can be taken whatever its tag is, and so without one.
    private var takesAnything: Bool {
        switch strategy {
        case .semVer, .digest: false
        case .lexical, .newestBuild: filter.isEmpty
        }
    }

    var definition: String {
        if case .semVer(let rule) = strategy { return "\(name) \(rule.definition) \(filter.definition)" }
        return "\(self) \(filter.definition)"
    }

    private var name: String {
        switch strategy {
        case .semVer: "SemVer"
        case .digest: "Digest"
        case .lexical: "Lexical"
        case .newestBuild: "NewestBuild"
        }
    }
}

extension ImageSelector: CustomStringConvertible {
    package var description: String {
        switch strategy {
        case .semVer(let rule): rule.title
        case .digest(let tag): "\(name) \(tag)"
        case .lexical, .newestBuild: name
        }
    }
}
