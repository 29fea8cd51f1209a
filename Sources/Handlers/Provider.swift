// SPDX-License-Identifier: Apache-2.0

/// The services whose webhooks are understood.
///
/// The raw value is the key in a receiver's manifest and the type in its URL.
package enum Provider: String, Sendable, CaseIterable {
    case harbor
    case azure
    case dockerhub

    /// The rules of this provider.
    package var handler: any Handler {
        switch self {
        case .harbor: HarborHandler()
        case .azure: AzureHandler()
        case .dockerhub: DockerHubHandler()
        }
    }
}
