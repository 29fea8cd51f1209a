// SPDX-License-Identifier: Apache-2.0

/// The services whose webhooks are understood.
///
/// The raw value is the type in a receiver's URL, and the key in Kargo's manifests of those that refresh Warehouses.
package enum Provider: String, Sendable, CaseIterable {
    case harbor
    case azure
    case dockerhub
    case catalogue

    /// Those whose receivers Kargo's manifests describe.
    package static let ofWarehouses = allCases.filter { $0 != .catalogue }

    /// The rules of this provider.
    package var handler: any Handler {
        switch self {
        case .harbor: HarborHandler()
        case .azure: AzureHandler()
        case .dockerhub: DockerHubHandler()
        case .catalogue: CatalogueHandler()
        }
    }
}
