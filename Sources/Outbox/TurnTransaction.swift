// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import POSIX
internal import Subscriptions

/// What one turn does in its transaction, with statements that are looked up once for all of its deliveries.
final class TurnTransaction {
    private let database: Database
    private let now: Timestamp
    private let interval: Duration
    private let find: HotStatement
    private let setToken: HotStatement
    private let hasten: HotStatement
    private let makePending: HotStatement
    private let log: HotStatement

    /// Twice the longest back-off, for a sink may ask to wait for longer.
    private static let longestWait: Duration = .seconds(600)

    /// What is due later than that was made so by a clock that was wrong.
    static func latest(after now: Timestamp, _ interval: Duration) -> Timestamp {
        now + interval + longestWait
    }

    init(_ database: Database, at now: Timestamp, _ settings: OutboxSettings) throws {
        self.database = database
        self.now = now
        interval = settings.minimumInterval
        // Not RETURNING: for that SQLite makes a table in memory each time, which costs more than the rest.
        find = try HotStatement(
            "SELECT token, due, state, finished FROM refresh WHERE namespace = ? AND name = ?",
            database
        )
        // Leaves the index alone, as a statement that names `due` or `state` would not.
        setToken = try HotStatement("UPDATE refresh SET token = ? WHERE namespace = ? AND name = ?", database)
        hasten = try HotStatement(
            "UPDATE refresh SET token = ?, due = ? WHERE namespace = ? AND name = ?",
            database
        )
        makePending = try HotStatement(
            """
            INSERT INTO refresh (namespace, name, token, state, requested, due) VALUES (?, ?, ?, 0, ?, ?)
            ON CONFLICT (namespace, name) DO UPDATE SET
                token = excluded.token, state = 0, requested = excluded.requested, due = excluded.due,
                attempts = 0
            """,
            database
        )
        log = try HotStatement(
            """
            INSERT INTO delivery
                (id, received, project, receiver, provider, event, status, decision, targets,
                 repetitionKey, duration, headers, redeliveryOf, bodySize, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            database
        )
    }

    /// Makes `target` pending with a new token, greater than any before, and returns it, and when it is due.
    ///
    /// What is pending already keeps its time, and its back-off, unless that is further away than any wait
    /// can be: the clock has been set back. What was delivered a moment ago waits for the interval to pass.
    func request(_ target: Target) throws -> WaitingRefreshes.Waiting {
        var token = now
        var due = now
        var isPending = false
        try find.run(target.namespace, target.name) { row in
            // The last number of all has no successor: only damage can have left it.
            let (next, isDamaged) = row.integer(0).addingReportingOverflow(1)
            if !isDamaged { token = max(token, Timestamp(microseconds: next)) }
            isPending = row.integer(2) == RefreshState.pending.rawValue
            // One that finished in the future did so by a clock that was wrong.
            let finished = min(Timestamp(microseconds: row.integer(3)), now)
            due = isPending ? Timestamp(microseconds: row.integer(1)) : max(due, finished + interval)
        }
        let latest = Self.latest(after: now, interval)
        if isPending, due > latest {
            due = latest
            try hasten.run(token.microseconds, due.microseconds, target.namespace, target.name)
        } else if isPending {
            try setToken.run(token.microseconds, target.namespace, target.name)
        } else {
            try makePending.run(
                target.namespace,
                target.name,
                token.microseconds,
                now.microseconds,
                due.microseconds
            )
        }
        return WaitingRefreshes.Waiting(token: token, due: due, isStored: true)
    }

    /// Adds a delivery to the log and returns its place in it.
    func insert(_ record: DeliveryRecord, _ refreshes: [Refresh]) throws -> Int64 {
        var targets = ""
        for refresh in refreshes {
            if !targets.isEmpty { targets += "\n" }
            targets += refresh.target.namespace
            targets += "/"
            targets += refresh.target.name
            targets += " "
            targets += String(refresh.token.microseconds)
        }
        try log.run(
            record.id,
            record.received.microseconds,
            record.project,
            record.receiver,
            record.provider,
            record.event,
            Int64(record.status),
            record.decision,
            targets,
            record.repetitionKey.map { $0[...] },
            (Timestamp(microseconds: 0) + record.duration).microseconds,
            record.headers,
            record.redeliveryOf,
            Int64(record.body.count),
            record.body.prefix(DeliveryRecord.bodyLimit)
        )
        return database.lastInsertedRowID
    }
}

extension Database {
    /// Whether no refresh waits, whoever asked for it.
    func hasNothingPending() throws -> Bool {
        var isEmpty = true
        try HotStatement("SELECT 1 FROM refresh WHERE state = 0 LIMIT 1", self).run { _ in isEmpty = false }
        return isEmpty
    }
}
