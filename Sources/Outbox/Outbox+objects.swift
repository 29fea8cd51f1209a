// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import POSIX
internal import Subscriptions

extension Outbox {
    /// Up to `limit` objects that are due, those of the receiver first that has one which has waited longest.
    ///
    /// However many there are of `receivers`, they are not looked at: where a Harbor is away for a day they are many. Nor
    /// does a commit wait for this, which has a connection of its own.
    func dueObjects(
        at now: Timestamp,
        limit: Int,
        excludingThoseOf receivers: Set<String>
    ) throws(OutboxError) -> [Due] {
        try objects.withConnection { queue in
            try queue.unsafeRead { database in
                var due: [Due] = []
                for receiver in try database.dueReceivers(at: now) where !receivers.contains(receiver) {
                    guard due.count < limit else { break }
                    due += try database.dueObjects(of: receiver, at: now, limit: limit - due.count)
                }
                return due
            }
        }
    }
}

extension Database {
    /// Receivers of which something is due, the one that has waited longest first.
    ///
    /// It goes from one to the next by the index, past all that waits of each.
    fileprivate func dueReceivers(at now: Timestamp) throws -> [String] {
        let waiting = "FROM catalogue INDEXED BY catalogueByReceiver WHERE state = 0"
        let statement = try HotStatement(
            """
            WITH RECURSIVE receiver (title) AS (
                SELECT min(namespace) \(waiting)
                UNION ALL
                SELECT (SELECT min(namespace) \(waiting) AND namespace > title) FROM receiver WHERE title IS NOT NULL
            ), first (title, due) AS (
                SELECT title, (SELECT min(due) \(waiting) AND namespace = title) FROM receiver WHERE title IS NOT NULL
            )
            SELECT title FROM first WHERE due <= ? ORDER BY due
            """,
            self
        )
        var receivers: [String] = []
        try statement.run(now.microseconds) { receivers.append($0.text(0)) }
        return receivers
    }

    func dueObjects(of receiver: String, at now: Timestamp, limit: Int) throws -> [Outbox.Due] {
        let statement = try HotStatement(
            """
            SELECT name, token, attempts FROM catalogue INDEXED BY catalogueByReceiver
            WHERE state = 0 AND namespace = ? AND due <= ? ORDER BY due LIMIT ?
            """,
            self
        )
        var due: [Outbox.Due] = []
        try statement.run(receiver, now.microseconds, Int64(limit)) { row in
            let target = Target(.catalogue, namespace: receiver, name: row.text(0))
            due.append(Outbox.Due(target, token: row.integer(1), attempts: row.integer(2)))
        }
        return due
    }
}
