// SPDX-License-Identifier: Apache-2.0

/// A Warehouse's interest in a repository.
package struct Subscription: Sendable {
    package let target: Target
    package let repository: RepositoryKey

    /// What of the repository it takes.
    package let selector: Selector

    package init(target: Target, repository: RepositoryKey, selector: Selector) {
        self.target = target
        self.repository = repository
        self.selector = selector
    }
}
