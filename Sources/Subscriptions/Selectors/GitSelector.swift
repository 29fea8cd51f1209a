// SPDX-License-Identifier: Apache-2.0

/// The refs and paths that a git subscription takes: `commitSelectionStrategy`, the tag filter, the paths.
package struct GitSelector: Sendable {
    package enum Strategy: Sendable {
        /// Nil for the default branch, whose name an event does not tell: `main` or `master`.
        case newestFromBranch(String?)
        case newestTag
        case lexical
        case semVer(VersionRule)
    }

    private let strategy: Strategy
    private let filter: TagFilter
    private let paths: PathFilter

    package init(_ strategy: Strategy, filter: TagFilter = TagFilter(), paths: PathFilter = PathFilter()) {
        self.strategy = strategy
        self.filter = filter
        self.paths = paths
    }

    func refusal(of push: Event.Push) -> Refusal? {
        if case .refs(let refs) = push.qualifiers, let refusal = refs.refusal(refusal) { return refusal }
        guard let files = push.changedFiles, !files.isEmpty, !paths.accepts(files) else { return nil }
        return .otherPaths
    }

    private func refusal(of ref: String) -> Refusal? {
        if case .newestFromBranch(let branch) = strategy {
            let branches = branch.map { [$0] } ?? ["main", "master"]
            let isTaken = branches.contains { ref == "refs/heads/\($0)" }
            return isTaken ? nil : .otherBranch(expected: branches.joined(separator: " or "))
        }
        guard ref.hasPrefix("refs/tags/") else { return .notATag(strategy: name) }
        let tag = String(ref.dropFirst("refs/tags/".count))
        if let refusal = filter.refusal(of: tag) { return refusal }
        if case .semVer(let rule) = strategy { return rule.refusal(of: tag) }
        return nil
    }

    var definition: String {
        let strategy =
            if case .semVer(let rule) = strategy { "\(name) \(rule.definition)" } else { "\(self)" }
        return "\(strategy) \(filter.definition) \(paths.definition)"
    }

    private var name: String {
        switch strategy {
        case .newestFromBranch: "NewestFromBranch"
        case .newestTag: "NewestTag"
        case .lexical: "Lexical"
        case .semVer: "SemVer"
        }
    }
}

extension GitSelector: CustomStringConvertible {
    package var description: String {
        switch strategy {
        case .newestFromBranch(let branch?): "\(name) \(branch)"
        case .semVer(let rule): rule.title
        case .newestFromBranch(nil), .newestTag, .lexical: name
        }
    }
}
