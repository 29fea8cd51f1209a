// SPDX-License-Identifier: Apache-2.0

internal import Handlers

/// A receiver as its ProjectConfig or ClusterConfig has it, or as it is a CatalogueReceiver, before its Secret was looked up.
struct ReceiverManifest: Sendable {
    let place: Place

    /// Empty for a ClusterConfig's.
    let project: String
    let name: String
    let provider: Provider
    let secretName: String

    /// Where Kargo's own server answers for it.
    let kargoPaths: [String]

    /// The line that names the Secret.
    let secretPlace: Place

    /// Nil for a receiver that refreshes Warehouses, and where it is not sound.
    var catalogue: CatalogueManifest?

    /// Why there is no ``catalogue`` where there should be one.
    var obstacle: Problem?

    /// For messages: `receiver 'a' of project 'b'`.
    var title: String { "receiver '\(name)' of \(project.isEmpty ? "the cluster" : "project '\(project)'")" }
}
