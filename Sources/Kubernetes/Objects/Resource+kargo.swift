// SPDX-License-Identifier: Apache-2.0

/// The kinds of objects that Kargo's webhooks are about, and our own.
extension Resource {
    package static let projectConfigs = kargo("projectconfigs")
    package static let clusterConfigs = kargo("clusterconfigs", isNamespaced: false)
    package static let warehouses = kargo("warehouses")
    package static let secrets = Resource(group: "", version: "v1", plural: "secrets", isNamespaced: true)

    package static let catalogueReceivers = Resource(
        group: "webhook-fcgi.dev",
        version: "v1alpha1",
        plural: "cataloguereceivers",
        isNamespaced: true
    )

    private static func kargo(_ plural: String, isNamespaced: Bool = true) -> Resource {
        Resource(group: "kargo.akuity.io", version: "v1alpha1", plural: plural, isNamespaced: isNamespaced)
    }
}
