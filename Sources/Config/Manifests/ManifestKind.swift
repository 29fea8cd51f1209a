// SPDX-License-Identifier: Apache-2.0

/// The kinds of object that are read; all others are skipped.
enum ManifestKind: String, Sendable, CaseIterable {
    case projectConfig = "ProjectConfig"
    case clusterConfig = "ClusterConfig"
    case secret = "Secret"
    case warehouse = "Warehouse"
    case catalogueReceiver = "CatalogueReceiver"

    /// The API group, empty for Kubernetes' core.
    var group: String {
        switch self {
        case .secret: ""
        case .catalogueReceiver: "webhook-fcgi.dev"
        case .projectConfig, .clusterConfig, .warehouse: "kargo.akuity.io"
        }
    }

    /// The one version of the group that is understood.
    var version: String { self == .secret ? "v1" : "v1alpha1" }

    /// As a manifest has it.
    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }

    var isNamespaced: Bool { self != .clusterConfig }
}
