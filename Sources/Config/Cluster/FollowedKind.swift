// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes

/// Objects that are listed and watched together.
struct FollowedKind: Sendable, Hashable {
    let kind: ManifestKind

    /// Nil for all namespaces, and for objects that live in none.
    let namespace: String?

    var resource: Resource {
        switch kind {
        case .projectConfig: .projectConfigs
        case .clusterConfig: .clusterConfigs
        case .warehouse: .warehouses
        case .secret: .secrets
        case .catalogueReceiver: .catalogueReceivers
        }
    }

    /// Whether a cluster may do without: its CRD need not be there, nor the right to read it.
    var isOptional: Bool { kind == .catalogueReceiver }

    /// A cluster holds many Secrets; Kargo's own carry this label.
    var labelSelector: String? { kind == .secret ? "kargo.akuity.io/cred-type=generic" : nil }

    private static let namespaced: [ManifestKind] = [.projectConfig, .warehouse, .secret, .catalogueReceiver]

    /// All that has to be followed.
    static func all(namespaces: [String]?, systemResourcesNamespace: String) -> [FollowedKind] {
        let cluster = FollowedKind(kind: .clusterConfig, namespace: nil)
        guard let namespaces else {
            return [cluster]
                + Self.namespaced.map { FollowedKind(kind: $0, namespace: nil) }
        }
        let own = Set(namespaces).sorted().flatMap { namespace in
            Self.namespaced.map { FollowedKind(kind: $0, namespace: namespace) }
        }
        let system = FollowedKind(kind: .secret, namespace: systemResourcesNamespace)
        return [cluster] + own + (own.contains(system) ? [] : [system])
    }
}
