// SPDX-License-Identifier: Apache-2.0

/// What a role must allow (RBAC's PolicyRule).
package struct AccessRule: Sendable, Hashable, CustomStringConvertible {
    package let verb: String

    /// Empty for the core group.
    package let group: String
    package let resource: String

    /// Nil where a ClusterRole with a ClusterRoleBinding is needed.
    package let namespace: String?

    /// As it is written in a role.
    package var description: String {
        let place = namespace.map { "in namespace '\($0)'" } ?? "in all namespaces (ClusterRoleBinding)"
        return #"apiGroups: ["\#(group)"], resources: ["\#(resource)"], verbs: ["\#(verb)"], \#(place)"#
    }
}
