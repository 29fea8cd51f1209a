// SPDX-License-Identifier: Apache-2.0

import Config
import Handlers
import Subscriptions

/// The look-up of a receiver by the path of its URL, which is all that authenticates some senders.
struct PathLookUp {
    private let snapshot: Snapshot
    private let path: String

    init(receivers count: Int) throws {
        let baseURL = try BaseURL("https://hooks.example.com/webhooks")
        let receivers = try (0..<count).map { number in
            guard let secret = Secret(Hexadecimal.randomBytes(count: 40)) else { throw Finding("no secret") }
            return Receiver(
                baseURL: baseURL,
                project: "team-\(number)",
                name: "azure",
                provider: .azure,
                secret: secret
            )
        }
        guard let path = receivers.randomElement()?.path else { throw Finding("no receivers") }
        self.path = path
        snapshot = Snapshot(receivers: receivers, subscriptions: SubscriptionIndex([]), warehouseCount: 0)
    }

    func experiment(_ count: Int) -> Experiment {
        let bytes = Array(path.utf8)
        // Paths that are near differ at random where they do: where one falls in the table is no question of how near.
        func near(_ agreeing: Int) -> () -> [UInt8] {
            let start = bytes.dropLast(64 - agreeing)
            return { start + Hexadecimal.randomBytes(count: 64 - agreeing) }
        }
        return Experiment(
            "`receiver(at:)` among \(snapshot.receivers.count) receivers: a path with 64 digits",
            [
                ("right", { bytes }), ("all digits wrong", near(0)),
                ("the first 32 digits right", near(32)), ("the first 56 digits right", near(56)),
            ],
            comparing: [
                .init("all digits wrong", "the first 32 digits right"),
                .init("all digits wrong", "the first 56 digits right"),
                .init("right", "all digits wrong", isSecret: false),
            ],
            count: count,
            prepare: { $0 },
            operation: { snapshot.receiver(at: $0) != nil }
        )
    }
}
