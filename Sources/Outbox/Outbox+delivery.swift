// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOConcurrencyHelpers
package import POSIX
package import Subscriptions

/// What the deliverer asks and tells.
extension Outbox {
    /// An outage of a day must not mean a day's wait after it.
    private static let backOff = BackOff(to: .seconds(300))

    /// A refresh whose time has come.
    package struct Due: Sendable, Hashable {
        package let refresh: Refresh

        /// Attempts that have failed so far.
        package let attempts: Int

        package init(refresh: Refresh, attempts: Int) { (self.refresh, self.attempts) = (refresh, attempts) }

        /// As a row has it.
        init(_ target: Target, token: Int64, attempts: Int64) {
            self.init(
                refresh: Refresh(target: target, token: Timestamp(microseconds: token)),
                attempts: Int(attempts)
            )
        }
    }

    /// Up to `limit` refreshes of a lane that are due, the longest waiting first, without those of `targets` and, of
    /// catalogues, of `namespaces`; of a catalogue all that are due come together.
    ///
    /// They count as begun: a later event of the same target makes another one pending.
    package func due(
        at now: Timestamp,
        limit: Int,
        excluding targets: Set<Target>,
        andOf namespaces: Set<String> = [],
        in lane: Target.Lane = .warehouses
    ) throws(OutboxError) -> [Due] {
        let rows = limit + targets.count
        let due =
            switch lane {
            case .warehouses: try read { try $0.dueRefreshes(at: now, limit: rows) }
            case .catalogue: try dueObjects(at: now, limit: rows, excludingThoseOf: namespaces)
            }
        return try begin(
            Array(due.lazy.filter { !targets.contains($0.refresh.target) }.prefix(limit)),
            at: now,
            lane
        )
    }

    /// Gives `due` the tokens of the last events before, in the file too; leaves out what has changed meanwhile.
    private func begin(
        _ due: [Due],
        at now: Timestamp,
        _ lane: Target.Lane
    ) throws(OutboxError) -> [Due] {
        let begun = zip(due, begin(due.map(\.refresh), at: now)).map { due, token in
            Due(refresh: Refresh(target: due.refresh.target, token: token), attempts: due.attempts)
        }
        guard begun != due else { return due }
        return try write { database in
            let renew = try HotStatement(
                "UPDATE \(lane.table) SET token = ? WHERE namespace = ? AND name = ? AND token = ? AND state = 0",
                database
            )
            return try zip(due, begun).compactMap { due, begun in
                guard begun != due else { return due }
                let target = due.refresh.target
                try renew.run(
                    begun.refresh.token.microseconds,
                    target.namespace,
                    target.name,
                    due.refresh.token.microseconds
                )
                return database.changesCount == 1 ? begun : nil
            }
        }
    }

    /// Lets what is pending wait for no longer than it would have, had the clock not been set back.
    ///
    /// What is due further away than any wait can be was made so by a clock that was wrong, maybe before a restart.
    package func followClock(
        setBackBy step: Duration,
        at now: Timestamp,
        in lane: Target.Lane = .warehouses
    ) throws(OutboxError) {
        let interval = settings.withLockedValue { $0.minimumInterval }
        let latest = TurnTransaction.latest(after: now, interval)
        let back = (Timestamp(microseconds: 0) + step).microseconds
        // Nothing is locked while there is nothing to change, as at almost every start.
        let first = step > .zero ? now : latest
        let isAhead = try read { database in
            try Bool.fetchOne(
                database,
                sql: "SELECT 1 FROM \(lane.table) WHERE state = 0 AND due > ? LIMIT 1",
                arguments: [first.microseconds]
            )
        }
        guard isAhead == true else { return }
        defer { forgetWaiting() }
        try write { database in
            try database.execute(
                sql: "UPDATE \(lane.table) SET due = min(due - ?, ?) WHERE state = 0 AND due > ?",
                arguments: [back, latest.microseconds, first.microseconds]
            )
        }
    }

    /// When the next refresh of a lane is due, nil while none is pending.
    package func nextDue(in lane: Target.Lane = .warehouses) throws(OutboxError) -> Timestamp? {
        try read { database in
            var due: Timestamp?
            let sql = "SELECT due FROM \(lane.table) WHERE state = 0 ORDER BY due LIMIT 1"
            try HotStatement(sql, database).run {
                due = Timestamp(microseconds: $0.integer(0))
            }
            return due
        }
    }

    /// Keeps what became of attempts.
    ///
    /// A target whose token has moved on meanwhile stays pending: the event that moved it wants a refresh
    /// that begins after it.
    package func record(_ outcomes: [(due: Due, outcome: Outcome)], at now: Timestamp) throws(OutboxError) {
        let interval = settings.withLockedValue { $0.minimumInterval }
        try write { database in
            for (due, outcome) in outcomes {
                switch outcome {
                case .delivered:
                    try database.finish(due.refresh, .delivered, nil, at: now, next: now + interval)
                case .gone(let reason):
                    try database.finish(due.refresh, .gone, reason, at: now, next: now)
                case .failed(let reason, let after):
                    let attempts = due.attempts + 1
                    let delay = Self.backOff.delay(afterAttempts: attempts, atLeast: after)
                    try database.postpone(due.refresh.target, attempts, reason, until: now + delay)
                }
            }
        }
    }

    /// Which of `refreshes` have been delivered, by this process or another.
    package func settled(_ refreshes: [Refresh]) throws(OutboxError) -> Set<Refresh> {
        try read { database in
            Set(
                try refreshes.filter { refresh in
                    let table = refresh.target.lane.table
                    let statement = try HotStatement(
                        "SELECT 1 FROM \(table) WHERE namespace = ? AND name = ? AND state = 1",
                        database
                    )
                    var isDelivered = false
                    try statement.run(refresh.target.namespace, refresh.target.name) { _ in
                        isDelivered = true
                    }
                    return isDelivered
                }
            )
        }
    }
}

extension Database {
    fileprivate func dueRefreshes(at now: Timestamp, limit: Int) throws -> [Outbox.Due] {
        let statement = try HotStatement(
            "SELECT namespace, name, token, attempts FROM refresh WHERE state = 0 AND due <= ? ORDER BY due LIMIT ?",
            self
        )
        var due: [Outbox.Due] = []
        try statement.run(now.microseconds, Int64(limit)) { row in
            let target = Target(namespace: row.text(0), name: row.text(1))
            due.append(Outbox.Due(target, token: row.integer(2), attempts: row.integer(3)))
        }
        return due
    }

    fileprivate func finish(
        _ refresh: Refresh,
        _ state: RefreshState,
        _ error: String?,
        at now: Timestamp,
        next: Timestamp
    ) throws {
        let target = refresh.target
        if state == .delivered, target.isLater, try setsAside(refresh, at: now, next: next) { return }
        let delivered = state == .delivered ? refresh.token.microseconds : nil
        try cachedStatement(
            sql: """
                UPDATE \(target.lane.table) SET state = ?, finished = ?, attempts = 0, error = ?,
                    deliveredToken = coalesce(?, deliveredToken)
                WHERE namespace = ? AND name = ? AND token = ?
                """
        ).execute(
            arguments: [
                state.rawValue, now.microseconds, error, delivered, target.namespace, target.name,
                refresh.token.microseconds,
            ]
        )
        guard changesCount == 0 else { return }
        try cachedStatement(
            sql: """
                UPDATE \(target.lane.table) SET finished = ?, attempts = 0, error = NULL, due = max(due, ?),
                    deliveredToken = coalesce(?, deliveredToken)
                WHERE namespace = ? AND name = ?
                """
        ).execute(
            arguments: [now.microseconds, next.microseconds, delivered, target.namespace, target.name]
        )
    }

    /// Has an object that was looked at looked at once more, where the last event was too late for that look.
    ///
    /// - Returns: Whether it was.
    private func setsAside(_ refresh: Refresh, at now: Timestamp, next: Timestamp) throws -> Bool {
        let wait = (Timestamp(microseconds: 0) + Target.laterBy).microseconds
        let target = refresh.target
        // An event that seems to be still to come was noted by a clock that was wrong.
        try cachedStatement(
            sql: """
                UPDATE \(target.lane.table) SET finished = :now, attempts = 0, error = NULL, requested = min(token, :now),
                    deliveredToken = max(coalesce(deliveredToken, 0), min(:token, due - :wait)),
                    due = max(min(token, :now) + :wait, :next)
                WHERE namespace = :namespace AND name = :name AND state = 0
                    AND (token <> :token OR token <= :now AND token + :wait > due)
                """
        ).execute(
            arguments: [
                "now": now.microseconds, "token": refresh.token.microseconds, "wait": wait,
                "next": next.microseconds, "namespace": target.namespace, "name": target.name,
            ]
        )
        return changesCount > 0
    }

    fileprivate func postpone(_ target: Target, _ attempts: Int, _ error: String, until due: Timestamp) throws
    {
        try cachedStatement(
            sql: """
                UPDATE \(target.lane.table) SET attempts = ?, error = ?, due = ?
                WHERE namespace = ? AND name = ? AND state = 0
                """
        ).execute(arguments: [attempts, error, due.microseconds, target.namespace, target.name])
    }
}
