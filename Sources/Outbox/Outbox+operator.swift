// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import POSIX
package import Subscriptions

/// What an operator sees and does of the refreshes that are pending.
extension Outbox {
    /// How many rows one transaction changes at most: it must not keep a commit waiting.
    private static let rowsPerStep = 500

    /// A refresh that is promised and not done yet.
    package struct Pending: Sendable, Equatable {
        package let target: Target

        /// Since when it is pending, and when it is tried next.
        package let requested: Timestamp
        package let due: Timestamp

        /// Attempts that have failed so far, and why the last one did.
        package let attempts: Int
        package let lastError: String?
    }

    /// All of them, or the first `limit`, the longest waiting first.
    package func pending(limit: Int = .max) throws(OutboxError) -> [Pending] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: Target.Lane.allCases.map { lane in
                    """
                    SELECT \(lane.rawValue) AS lane, namespace, name, requested, due, attempts, error
                    FROM \(lane.table) WHERE state = 0
                    """
                }.joined(separator: " UNION ALL ") + " ORDER BY requested, namespace, name LIMIT ?",
                arguments: [limit]
            )
            .map { row in
                let attempts: Int = row["attempts"]
                return Pending(
                    target: Target(
                        Target.Lane(rawValue: row["lane"]) ?? .warehouses,
                        namespace: row["namespace"],
                        name: row["name"]
                    ),
                    requested: Timestamp(microseconds: row["requested"]),
                    due: Timestamp(microseconds: row["due"]),
                    attempts: attempts,
                    // It may be left from a refresh before.
                    lastError: attempts > 0 ? row["error"] : nil
                )
            }
        }
    }

    /// Makes a pending refresh due now, whatever it waits for.
    ///
    /// - Returns: Whether it is pending.
    package func retry(_ target: Target, at now: Timestamp) throws(OutboxError) -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE \(target.lane.table) SET due = min(due, ?)
                    WHERE namespace = ? AND name = ? AND state = 0
                    """,
                arguments: [now.microseconds, target.namespace, target.name]
            )
            return database.changesCount > 0
        }
    }

    /// Makes every pending refresh due now, and returns how many had to wait.
    package func retryAll(at now: Timestamp) throws(OutboxError) -> Int {
        var count = 0
        for lane in Target.Lane.allCases { count += try retryAll(at: now, in: lane) }
        return count
    }

    /// Makes due now what was tried in vain of a receiver's objects, and returns how much had to wait.
    package func retryAll(of receiver: String, at now: Timestamp) throws(OutboxError) -> Int {
        try retryAll(at: now, in: .catalogue, of: receiver)
    }

    private func retryAll(
        at now: Timestamp,
        in lane: Target.Lane,
        of receiver: String? = nil
    ) throws(OutboxError) -> Int {
        var arguments: StatementArguments = ["now": now.microseconds]
        if let receiver { arguments += ["receiver": receiver] }
        var count = 0
        while true {
            let changed = try write { database in
                try database.execute(
                    sql: """
                        UPDATE \(lane.table) SET due = :now WHERE (namespace, name) IN
                            (SELECT namespace, name FROM \(lane.table) WHERE state = 0 AND due > :now
                                \(receiver == nil ? "" : "AND namespace = :receiver AND attempts > 0")
                                LIMIT \(Self.rowsPerStep))
                        """,
                    arguments: arguments
                )
                return database.changesCount
            }
            count += changed
            if changed < Self.rowsPerStep { return count }
        }
    }

    /// Ends a pending refresh without doing it; an event that comes later asks for another.
    ///
    /// - Returns: Whether it was pending.
    package func drop(_ target: Target, at now: Timestamp) throws(OutboxError) -> Bool {
        try write { database in
            try database.execute(
                sql: """
                    UPDATE \(target.lane.table)
                    SET state = \(RefreshState.dropped.rawValue), finished = ?, attempts = 0, error = NULL
                    WHERE namespace = ? AND name = ? AND state = 0
                    """,
                arguments: [now.microseconds, target.namespace, target.name]
            )
            return database.changesCount > 0
        }
    }
}
