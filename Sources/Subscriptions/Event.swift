// SPDX-License-Identifier: Apache-2.0

/// What a delivery means: which repositories changed, and how.
package struct Event: Sendable, Equatable {
    /// The sender's word for it, for example `PUSH_ARTIFACT`; untrusted text.
    package let name: String

    /// One for every repository the delivery names, never empty.
    package let pushes: [Push]

    package init(name: String, pushes: [Push]) {
        self.name = name
        self.pushes = pushes
    }

    /// Something new in one repository.
    package struct Push: Sendable, Equatable {
        /// The URL as the sender wrote it.
        package let repository: String

        /// How to read that URL: a payload that does not tell images from charts counts as both.
        package let kinds: [RepositoryKind]

        /// Tags of an artifact or refs of a Git repository; empty when the sender names none.
        package let qualifiers: [String]

        package init(repository: String, kinds: [RepositoryKind], qualifiers: [String]) {
            self.repository = repository
            self.kinds = kinds
            self.qualifiers = qualifiers
        }

        /// The keys under which subscriptions to this repository are found.
        package var keys: [RepositoryKey] { kinds.map { RepositoryKey(repository, kind: $0) } }
    }
}
