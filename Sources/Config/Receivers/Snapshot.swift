// SPDX-License-Identifier: Apache-2.0

internal import Crypto
internal import Handlers
package import Subscriptions

/// What a source held at one moment, sound parts only; never changed, only replaced as a whole.
package struct Snapshot: Sendable {
    /// Sorted by project, then name.
    package let receivers: [Receiver]
    package internal(set) var subscriptions: SubscriptionIndex

    /// How many Warehouses were read, those without a sound subscription included.
    package internal(set) var warehouseCount: Int

    /// Whether any of the receivers has a catalogue.
    package let hasCatalogues: Bool

    /// Those of them that take deliveries, and whose catalogue cannot be used now.
    package let obstructed: [Receiver]

    /// CatalogueReceivers that are there and not among the receivers, as `project/name`; nil where it is not known which
    /// there are.
    ///
    /// What waits for one of them goes on waiting; what waits for one that is not there any more never comes to an end.
    package let unusable: Set<String>?

    /// By the digest of the path, because a path is a secret.
    ///
    /// Looking a path up compares it with others, and how long that takes depends on how far they agree. With
    /// digests it depends on the digest of what a stranger sent, which tells nothing about any path.
    private let endpoints: [SHA256Digest: Endpoint]

    /// What answers at a path.
    package struct Endpoint: Sendable {
        package let receiver: Receiver

        /// Whether the path follows from the receiver's previous secret.
        package let isPrevious: Bool
    }

    /// The receivers' paths must differ; of two that do not, the first is found.
    package init(
        receivers: [Receiver],
        subscriptions: SubscriptionIndex,
        warehouseCount: Int,
        unusable: Set<String>? = []
    ) {
        hasCatalogues = receivers.contains { $0.provider == .catalogue }
        self.unusable = unusable
        let sorted = receivers.sorted { ($0.project, $0.name) < ($1.project, $1.name) }
        self.receivers = sorted.enumerated().map { Receiver($1, at: $0) }
        obstructed = self.receivers.filter { $0.obstacle != nil }
        self.subscriptions = subscriptions
        self.warehouseCount = warehouseCount
        endpoints = Dictionary(
            self.receivers.flatMap { receiver in
                receiver.paths.map { path in
                    let isPrevious = path == receiver.previousPath
                    return (Self.digest(path), Endpoint(receiver: receiver, isPrevious: isPrevious))
                }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    /// The receiver that answers at exactly this path.
    package func receiver(at path: String) -> Receiver? { endpoint(at: path)?.receiver }

    /// The same, and which of the receiver's paths it is.
    package func endpoint(at path: String) -> Endpoint? { endpoints[Self.digest(path)] }

    private static func digest(_ path: String) -> SHA256Digest { SHA256.hash(data: Array(path.utf8)) }
}
