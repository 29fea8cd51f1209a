// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import POSIX
internal import Subscriptions

/// What one turn does in its transaction, with statements that are looked up once for all of its deliveries.
final class TurnTransaction {
    private let now: Timestamp
    private let interval: Duration
    private let database: Database
    private let refreshes: PendingStatements
    private var objects: PendingStatements?

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
        refreshes = try PendingStatements(.refreshes, database)
    }

    /// Makes `target` pending with a new token, greater than any before, and returns it, and when it is due.
    ///
    /// What is pending already keeps its time, and its back-off, unless that is further away than any wait
    /// can be: the clock has been set back. What was delivered a moment ago waits for the interval to pass. For what
    /// has its time nobody who waits for the others is to wait.
    func request(_ target: Target) throws -> WaitingRefreshes.Waiting {
        var token = now
        let isLater = target.isLater
        var due = isLater ? now + Target.laterBy : now
        var isPending = false
        if let row = try database.refresh(of: target) {
            // The last number of all has no successor: only damage can have left it.
            let (next, isDamaged) = row.token.microseconds.addingReportingOverflow(1)
            if !isDamaged { token = max(token, Timestamp(microseconds: next)) }
            isPending = row.isPending
            // One that finished in the future did so by a clock that was wrong.
            let finished = min(row.finished, now)
            due = isPending ? row.due : max(due, finished + interval)
        }
        let latest = Self.latest(after: now, interval)
        let statements = try statements(for: target.lane)
        if isPending, due > latest {
            due = latest
            try statements.hasten.run(token.microseconds, due.microseconds, target.namespace, target.name)
        } else if isPending {
            try statements.setToken.run(token.microseconds, target.namespace, target.name)
        } else {
            try statements.makePending.run(
                target.namespace,
                target.name,
                token.microseconds,
                now.microseconds,
                due.microseconds
            )
        }
        return WaitingRefreshes.Waiting(token: token, due: isLater ? now : due, isStored: true)
    }

    private func statements(for lane: Target.Lane) throws -> PendingStatements {
        if lane == .warehouses { return refreshes }
        if let objects { return objects }
        let statements = try PendingStatements(.objects, database)
        objects = statements
        return statements
    }
}

extension Database {
    /// Whether no refresh of a lane waits, whoever asked for it, but for what has its time.
    func hasNothingPending(in lane: Target.Lane = .warehouses) throws -> Bool {
        var isEmpty = true
        try HotStatement(PendingStatements.Texts.of(lane).any, self).run { _ in isEmpty = false }
        return isEmpty
    }
}
