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
        }
    }

    /// A cluster holds many Secrets; Kargo's own carry this label.
    var labelSelector: String? { kind == .secret ? "kargo.akuity.io/cred-type=generic" : nil }

    /// All that has to be followed.
    static func all(namespaces: [String]?, systemResourcesNamespace: String) -> [FollowedKind] {
        let cluster = FollowedKind(kind: .clusterConfig, namespace: nil)
        guard let namespaces else {
            return [cluster]
                + [.projectConfig, .warehouse, .secret].map { FollowedKind(kind: $0, namespace: nil) }
        }
        let own = Set(namespaces).sorted().flatMap { namespace in
            [.projectConfig, .warehouse, .secret].map { FollowedKind(kind: $0, namespace: namespace) }
        }
        let system = FollowedKind(kind: .secret, namespace: systemResourcesNamespace)
        return [cluster] + own + (own.contains(system) ? [] : [system])
    }
}
