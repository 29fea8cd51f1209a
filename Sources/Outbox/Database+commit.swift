// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import GRDB
internal import POSIX
internal import Subscriptions

/// The statements of a turn, prepared once for each connection.
extension Database {
    /// Whether no refresh waits, whoever asked for it.
    func hasNothingPending() throws -> Bool {
        let statement = try cachedStatement(sql: "SELECT 1 FROM refresh WHERE state = 0 LIMIT 1")
        return try Int.fetchOne(statement) == nil
    }

    /// Makes `target` pending with a new token, greater than any before, and returns it, and when it is due.
    ///
    /// What is pending already keeps its time, and its back-off; what was delivered a moment ago waits for
    /// the interval to pass.
    func request(
        _ target: Target,
        at now: Timestamp,
        _ settings: OutboxSettings
    ) throws
        -> (token: Timestamp, due: Timestamp)
    {
        let statement = try cachedStatement(
            sql: """
                INSERT INTO refresh (namespace, name, token, state, requested, due)
                VALUES (?1, ?2, ?3, 0, ?3, ?3)
                ON CONFLICT (namespace, name) DO UPDATE SET
                    token = max(token + 1, excluded.token),
                    due = CASE state WHEN 0 THEN due ELSE max(excluded.due, coalesce(finished, 0) + ?4) END,
                    requested = CASE state WHEN 0 THEN requested ELSE excluded.requested END,
                    attempts = CASE state WHEN 0 THEN attempts ELSE 0 END,
                    state = 0
                RETURNING token, due
                """
        )
        let interval = (Timestamp(microseconds: 0) + settings.minimumInterval).microseconds
        let row = try Row.fetchOne(
            statement,
            arguments: [target.namespace, target.name, now.microseconds, interval]
        )
        let token: Int64 = row?[0] ?? now.microseconds
        let due: Int64 = row?[1] ?? now.microseconds
        return (Timestamp(microseconds: token), Timestamp(microseconds: due))
    }

    /// Adds a delivery to the log and returns its place in it.
    func insert(_ record: DeliveryRecord, _ refreshes: [Refresh]) throws -> Int64 {
        let targets = refreshes.map { "\($0.target) \($0.token.microseconds)" }.joined(separator: "\n")
        let statement = try cachedStatement(
            sql: """
                INSERT INTO delivery
                    (id, received, project, receiver, provider, event, status, decision, targets,
                     repetitionKey, body)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        )
        try statement.execute(
            arguments: [
                record.id, record.received.microseconds, record.project, record.receiver, record.provider,
                record.event, record.status, record.decision, targets, record.repetitionKey.map { Data($0) },
                Data(record.body.prefix(DeliveryRecord.bodyLimit)),
            ]
        )
        return lastInsertedRowID
    }
}
