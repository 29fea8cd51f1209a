// SPDX-License-Identifier: Apache-2.0

/// A Warehouse's interest in a repository.
package struct Subscription: Sendable, Hashable {
    package let target: Target
    package let repository: RepositoryKey

    package init(target: Target, repository: RepositoryKey) {
        self.target = target
        self.repository = repository
    }
}
