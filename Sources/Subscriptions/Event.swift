// SPDX-License-Identifier: Apache-2.0

/// What a delivery means: which repositories changed, and how.
package struct Event: Sendable, Equatable {
    /// The sender's word for it, for example `PUSH_ARTIFACT`; untrusted text.
    package let name: String

    /// One for every repository the delivery names, never empty.
    package let pushes: [Push]

    /// The sender's own name for the event, the same on a retry; nil where it gives none.
    package let identity: String?

    package init(name: String, pushes: [Push], identity: String? = nil) {
        self.name = name
        self.pushes = pushes
        self.identity = identity
    }

    /// Something new in one repository.
    package struct Push: Sendable, Equatable {
        /// The URL as the sender wrote it.
        package let repository: String

        /// How to read that URL: a payload that does not tell images from charts counts as both.
        package let kinds: [RepositoryKind]

        /// What exactly is new.
        package let qualifiers: Qualifiers

        /// Paths in a Git repository, nil where the sender does not tell.
        package let changedFiles: [String]?

        /// The keys under which subscriptions to this repository are found.
        package let keys: [RepositoryKey]

        package init(
            repository: String,
            kinds: [RepositoryKind],
            qualifiers: Qualifiers,
            changedFiles: [String]? = nil
        ) {
            self.repository = repository
            self.kinds = kinds
            self.qualifiers = qualifiers
            self.changedFiles = changedFiles
            keys = RepositoryKey.all(repository, kinds)
        }

        /// The URL for people to read, without user-info.
        package var displayedRepository: String { withoutUserInfo(repository) }

        /// The keys for people to read, without user-info.
        package var displayedKeys: [RepositoryKey] {
            let displayed = displayedRepository
            return displayed == repository ? keys : RepositoryKey.all(displayed, kinds)
        }
    }

    /// What is new in a repository, as far as the sender says.
    package enum Qualifiers: Sendable, Equatable {
        /// Nothing is said: every subscriber has to look.
        case unknown

        /// An artifact that only its digest names.
        case untagged

        /// Tags of an artifact, or versions of a chart.
        case tags([String])

        /// Full refs of a Git repository, such as `refs/heads/main`.
        case refs([String])

        /// Of an artifact with at most one tag.
        package init(tag: String?) {
            self = if let tag, !tag.isEmpty { .tags([tag]) } else { .untagged }
        }
    }
}
