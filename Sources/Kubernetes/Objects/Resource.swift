// SPDX-License-Identifier: Apache-2.0

/// A kind of object as the API addresses it: by its plural.
package struct Resource: Sendable, Hashable {
    /// Empty for the core group.
    package let group: String
    package let version: String

    /// For example `warehouses`.
    package let plural: String

    /// Whether its objects live in namespaces.
    package let isNamespaced: Bool

    package init(group: String, version: String, plural: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.plural = plural
        self.isNamespaced = isNamespaced
    }
}

extension Resource: CustomStringConvertible {
    /// For example `warehouses.kargo.akuity.io`, as RBAC and kubectl write it.
    package var description: String { group.isEmpty ? plural : "\(plural).\(group)" }
}
