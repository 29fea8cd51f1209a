// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import POSIX
package import Subscriptions

/// What waits in a lane of the outbox, whichever process accepted it.
package struct Backlog: Sendable, Equatable {
    /// Refreshes that have not reached the sink yet.
    package let pending: Int

    /// Since when the one waits that has waited longest.
    package let oldest: Timestamp?

    /// Of those that wait, how many were tried and failed.
    package let failing: Int

    /// Why the one failed that has waited longest.
    package let failure: String?
}

extension OutboxMaintenance {
    /// Counts what waits, on this connection, so that no commit waits for it.
    package func backlog(in lane: Target.Lane = .warehouses) throws(OutboxError) -> Backlog {
        try file.withConnection { queue in try queue.unsafeRead { try $0.backlog(in: lane) } }
    }
}

extension Outbox {
    /// Counts what waits.
    package func backlog(in lane: Target.Lane = .warehouses) throws(OutboxError) -> Backlog {
        try read { try $0.backlog(in: lane) }
    }
}

extension Database {
    fileprivate func backlog(in lane: Target.Lane) throws -> Backlog {
        let counts = try Row.fetchOne(
            self,
            sql: "SELECT count(*), min(requested), total(attempts > 0) FROM \(lane.table) WHERE state = 0"
        )
        let oldest: Int64? = counts?[1]
        let failing = counts.map { Int($0[2] as Double) } ?? 0
        let sql = """
            SELECT error FROM \(lane.table) WHERE state = 0 AND attempts > 0 ORDER BY requested LIMIT 1
            """
        return Backlog(
            pending: counts?[0] ?? 0,
            oldest: oldest.map(Timestamp.init(microseconds:)),
            failing: failing,
            failure: failing > 0 ? try String.fetchOne(self, sql: sql) : nil
        )
    }
}
