// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers
package import POSIX
package import Subscriptions

/// What is asked for without a delivery.
extension Outbox {
    /// How many rows one transaction changes at most: it must not keep a commit waiting.
    private static let rowsPerStep = 200

    /// Makes each of `targets` pending, as an event does: what is begun already is done once more.
    package func request(_ targets: [Target], at now: Timestamp) throws(OutboxError) -> [Refresh] {
        let settings = settings.withLockedValue { $0 }
        var refreshes: [Refresh] = []
        for start in stride(from: 0, to: targets.count, by: Self.rowsPerStep) {
            refreshes += try write { database in
                let turn = try TurnTransaction(database, at: now, settings)
                return try targets[start...].prefix(Self.rowsPerStep).map { target in
                    Refresh(target: target, token: try turn.request(target).token)
                }
            }
        }
        return refreshes
    }

    /// What has become of each.
    package func goals(of refreshes: [Refresh]) throws(OutboxError) -> [LoggedDelivery.Goal] {
        try read { database in
            try refreshes.map { LoggedDelivery.Goal(refresh: $0, fate: try database.fate(of: $0)) }
        }
    }

    /// Up to `limit` objects of one receiver, `project/name`, that are due, the longest waiting first; for somebody who
    /// delivers while no service does.
    package func dueObjects(
        of receiver: String,
        at now: Timestamp,
        limit: Int
    ) throws(OutboxError) -> [Due] {
        try read { try $0.dueObjects(of: receiver, at: now, limit: limit) }
    }
}
