// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import POSIX

extension OutboxMaintenance {
    /// How long hours are kept, and receivers to which nothing comes any more.
    private static let (hoursKept, receiversKept): (Int64, Duration) = (48, .seconds(366 * 86_400))

    /// Adds `activity` to what is written down, in one small transaction; nothing is locked where there is nothing.
    package func write(_ activity: Activity, at now: Timestamp) throws(OutboxError) {
        guard !activity.isEmpty else { return }
        try file.withConnection { queue in
            try queue.write { database in
                try database.add(activity)
                // Also what a clock has counted that was ahead.
                try database.execute(
                    sql: "DELETE FROM activity WHERE hour > ?",
                    arguments: [now.hour + Self.hoursKept]
                )
                try database.execute(
                    sql: "DELETE FROM activity WHERE hour < ?",
                    arguments: [now.hour - Self.hoursKept]
                )
                // About once an hour: this looks at all of them.
                guard database.changesCount > 0 else { return }
                try database.execute(
                    sql: "DELETE FROM receiver WHERE lastDelivery < ?",
                    arguments: [(now - Self.receiversKept).microseconds]
                )
            }
        }
    }
}

extension Database {
    fileprivate func add(_ activity: Activity) throws {
        let tally = try cachedStatement(
            sql: """
                INSERT INTO activity VALUES (?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    accepted = accepted + excluded.accepted, unauthorized = unauthorized + excluded.unauthorized,
                    malformed = malformed + excluded.malformed, limited = limited + excluded.limited,
                    unavailable = unavailable + excluded.unavailable
                """
        )
        for (key, counts) in activity.tallies {
            try tally.execute(
                arguments: [
                    key.hour, key.receiver.project, key.receiver.name, counts.accepted, counts.unauthorized,
                    counts.malformed, counts.limited, counts.unavailable,
                ]
            )
        }
        let times = try cachedStatement(
            sql: """
                INSERT INTO receiver VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET
                    lastDelivery = excluded.lastDelivery, lastSuccess = coalesce(excluded.lastSuccess, lastSuccess)
                """
        )
        for (receiver, last) in activity.times {
            try times.execute(
                arguments: [
                    receiver.project, receiver.name, last.lastDelivery.microseconds,
                    last.lastSuccess?.microseconds,
                ]
            )
        }
    }
}
