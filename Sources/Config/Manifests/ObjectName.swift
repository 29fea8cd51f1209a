// SPDX-License-Identifier: Apache-2.0

/// What tells one object from another.
struct ObjectName: Sendable, Hashable, CustomStringConvertible {
    let kind: ManifestKind

    /// Empty for an object of the cluster.
    let namespace: String
    let name: String

    var description: String { "\(kind.rawValue) \(namespace.isEmpty ? name : "\(namespace)/\(name)")" }
}
