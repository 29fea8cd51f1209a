// SPDX-License-Identifier: Apache-2.0

/// What a repository holds, which decides how its URL is compared.
package enum RepositoryKind: String, Sendable, Hashable, CaseIterable {
    case git
    case image
    case chart
}
