// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import POSIX

/// How an operator's wish gets to the service, and the answer back.
extension Outbox {
    /// Asks the service that runs, or the next one, to deliver this delivery of the log once more.
    ///
    /// - Returns: The wish's place among all of them.
    package func requestRedelivery(of id: String, at now: Timestamp) throws(OutboxError) -> Int64 {
        try write { database in
            try database.execute(
                sql: "INSERT INTO redelivery (original, requested) VALUES (?, ?)",
                arguments: [id, now.microseconds]
            )
            return database.lastInsertedRowID
        }
    }

    /// What has become of a wish; nil when that is long past.
    package func redelivery(_ sequence: Int64) throws(OutboxError) -> Redelivery? {
        try read { database in
            try Row.fetchOne(
                database,
                sql: "SELECT sequence, original, result, error FROM redelivery WHERE sequence = ?",
                arguments: [sequence]
            )
            .map(Redelivery.init)
        }
    }

    /// The next `limit` wishes that no service has come to yet.
    package func pendingRedeliveries(limit: Int) throws(OutboxError) -> [Redelivery] {
        try read { database in
            try Row.fetchAll(
                database,
                sql: """
                    SELECT sequence, original, result, error FROM redelivery WHERE finished IS NULL
                    ORDER BY sequence LIMIT ?
                    """,
                arguments: [limit]
            )
            .map(Redelivery.init)
        }
    }

    /// Makes `record`, which fulfils a wish, and its refreshes durable; it is never taken for a repetition.
    ///
    /// - Returns: Whether it was done here: another process may have been quicker.
    package func fulfil(
        _ redelivery: Redelivery,
        with record: DeliveryRecord,
        at now: Timestamp
    ) throws(OutboxError) -> Bool {
        let result = try commit([record], at: now) { database in
            try database.finish(redelivery, result: record.id, error: nil, at: now)
        }
        return !result.commitments.isEmpty
    }

    /// Says that a wish cannot be fulfilled.
    package func refuse(
        _ redelivery: Redelivery,
        because reason: String,
        at now: Timestamp
    ) throws(OutboxError) {
        _ = try write { try $0.finish(redelivery, result: nil, error: reason, at: now) }
    }
}

extension Database {
    /// How long an answer waits for whoever asked.
    private static let answerKept = Duration.seconds(3600)

    /// Forgets old answers, too.
    ///
    /// - Returns: Whether it was not finished before.
    fileprivate func finish(
        _ redelivery: Redelivery,
        result: String?,
        error: String?,
        at now: Timestamp
    ) throws -> Bool {
        try execute(
            sql: "DELETE FROM redelivery WHERE finished < ?",
            arguments: [(now - Self.answerKept).microseconds]
        )
        try execute(
            sql: """
                UPDATE redelivery SET finished = ?, result = ?, error = ? WHERE sequence = ? AND finished IS NULL
                """,
            arguments: [now.microseconds, result, error, redelivery.sequence]
        )
        return changesCount > 0
    }
}

extension Redelivery {
    fileprivate init(_ row: Row) {
        let (id, reason): (String?, String?) = (row["result"], row["error"])
        let state: State
        switch (id, reason) {
        case (let id?, _): state = .done(id: id)
        case (nil, let reason?): state = .failed(reason)
        case (nil, nil): state = .pending
        }
        self.init(sequence: row["sequence"], original: row["original"], state: state)
    }
}
