// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import POSIX

/// What came to a receiver lately.
package struct ReceiverActivity: Sendable, Equatable {
    /// Of anything that came, and of the last that was accepted.
    package let lastDelivery: Timestamp
    package let lastSuccess: Timestamp?

    /// The last 24 hours of the clock, the oldest first; the last one is the one that has begun.
    package let hours: [Activity.Tally]

    /// Deliveries that were refused in these hours.
    package var failures: Int { hours.reduce(0) { $0 + $1.refused } }
}

extension Outbox {
    /// What came to every receiver to which anything came.
    package func activity(at now: Timestamp) throws(OutboxError) -> [ReceiverName: ReceiverActivity] {
        let first = now.hour - 23
        return try read { database in
            var hours: [ReceiverName: [Activity.Tally]] = [:]
            let tallies = try Row.fetchCursor(
                database,
                sql: "SELECT * FROM activity WHERE hour BETWEEN ? AND ?",
                arguments: [first, now.hour]
            )
            while let row = try tallies.next() {
                let hour: Int64 = row["hour"]
                let none = [Activity.Tally](repeating: .init(), count: 24)
                hours[row.receiver, default: none][Int(hour - first)] = row.tally
            }
            let receivers = try Row.fetchAll(database, sql: "SELECT * FROM receiver").map { row in
                let lastSuccess: Int64? = row["lastSuccess"]
                let activity = ReceiverActivity(
                    lastDelivery: Timestamp(microseconds: row["lastDelivery"]),
                    lastSuccess: lastSuccess.map(Timestamp.init(microseconds:)),
                    hours: hours[row.receiver] ?? [Activity.Tally](repeating: .init(), count: 24)
                )
                return (row.receiver, activity)
            }
            return Dictionary(receivers) { first, _ in first }
        }
    }

    /// When the log last has a delivery to each receiver whose decision holds `text`; looks at all of them.
    package func lastDeliveries(decidedWith text: String) throws(OutboxError) -> [ReceiverName: Timestamp] {
        try read { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT project, receiver, max(received) AS last FROM delivery WHERE instr(decision, ?) > 0
                    GROUP BY project, receiver
                    """,
                arguments: [text]
            )
            let last = rows.map { ($0.receiver, Timestamp(microseconds: $0["last"])) }
            return Dictionary(last) { first, _ in first }
        }
    }
}

extension Row {
    fileprivate var receiver: ReceiverName { ReceiverName(project: self["project"], name: self["receiver"]) }

    fileprivate var tally: Activity.Tally {
        var tally = Activity.Tally()
        tally.accepted = self["accepted"]
        tally.unauthorized = self["unauthorized"]
        tally.malformed = self["malformed"]
        tally.limited = self["limited"]
        tally.unavailable = self["unavailable"]
        return tally
    }
}
