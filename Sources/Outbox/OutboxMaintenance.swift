// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOConcurrencyHelpers
package import POSIX
internal import Subscriptions

/// Keeps the file and its log small, on a connection of its own.
///
/// The one that commits deliveries never waits for it for longer than some milliseconds.
package final class OutboxMaintenance: Sendable {
    let outbox: Outbox
    let file: OutboxFile
    let settings: NIOLockedValueBox<OutboxSettings>

    /// How often to try to get a lock: about four seconds.
    private static let longPatience = 16_000
    private let patience = NIOLockedValueBox(longPatience)

    /// How far the walk over the refreshes has come.
    private let walked = NIOLockedValueBox<[Target.Lane: Target]>([:])

    /// What the log may take on the disk, without what each delivery takes beside its body.
    private let bytes: Int64

    /// What the rest of the file takes, and when that was looked at: where it is much, the look reads as much.
    private let rest = NIOLockedValueBox<(bytes: Int64, time: Timestamp)?>(nil)
    private static let restInterval = Duration.seconds(600)

    /// A sender must not be able to fill the disk: above `bytes` the bodies of the oldest deliveries give way.
    package init(_ outbox: Outbox, bytes: Int64 = 512 << 20) {
        self.outbox = outbox
        self.bytes = bytes
        file = outbox.file.another(
            busyMode: .asking { [patience] in $0 < patience.withLockedValue(\.self) },
            use: .maintenance
        )
        settings = outbox.settings
    }

    /// Removes deliveries that are too many or too old, bodies that take too much, and refreshes that have long been finished.
    ///
    /// A step that costs the same however long the log is; nothing is locked while there is nothing to remove.
    /// - Returns: Whether there may be more to remove.
    package func cleanUp(at now: Timestamp) throws(OutboxError) -> Bool {
        let settings = settings.withLockedValue { $0 }
        let oldest = now - settings.keptFor
        let walked = walked.withLockedValue { $0 }
        let (hasMore, next) = try file.withConnection { queue in
            let deliveries = try queue.removeDeliveries(keeping: settings.keptDeliveries, since: oldest)
            let bodies = try queue.removeBodies(above: bytes) { try rest($0, at: now) }
            if deliveries || bodies { try file.syncLog() }
            var (hasMore, next) = (deliveries || bodies, [Target.Lane: Target]())
            for lane in Target.Lane.allCases {
                let start = walked[lane] ?? Target(lane, namespace: "", name: "")
                let (refreshes, last) = try queue.removeRefreshes(after: start, finishedBefore: oldest)
                hasMore = hasMore || refreshes
                next[lane] = last
            }
            return (hasMore, next)
        }
        self.walked.withLockedValue { $0 = next }
        return hasMore
    }

    /// How much of the file is not the log's: what catalogues were sent must not push deliveries out of it.
    private func rest(_ database: Database, at now: Timestamp) throws -> Int64 {
        if let known = rest.withLockedValue(\.self), known.time <= now, now < known.time + Self.restInterval {
            return known.bytes
        }
        let bytes = try database.bytesBesideLog()
        rest.withLockedValue { $0 = (bytes, now) }
        return bytes
    }
}

extension OutboxMaintenance {
    /// Above this many frames of a page each SQLite's log begins anew, which is at 16 MiB.
    static let longestLog = 4096

    /// Moves what is committed from SQLite's log into the file, and has the log begin anew when it has become long.
    ///
    /// Without a lock that commits wait for, as far as that goes: under load the log never has a moment at
    /// which it could begin anew by itself. For that, commits wait while the last of it is moved. It is written over
    /// then rather than cut: to take its pages back from the kernel, one by one, would be a part of every commit.
    package func checkpoint() throws(OutboxError) {
        try file.withConnection { queue in
            try queue.writeWithoutTransaction { database in
                do {
                    var left = Int.max
                    for _ in 0..<4 {
                        let (frames, moved) = try database.checkpoint(.passive)
                        guard frames > Self.longestLog else { return }
                        // Repeated while that leaves less to move under the lock.
                        guard frames - moved < left, frames - moved > 64 else { break }
                        left = frames - moved
                    }
                    // While this waits for readers, commits wait for it.
                    patience.withLockedValue { $0 = 40 }
                    defer { patience.withLockedValue { $0 = Self.longPatience } }
                    _ = try database.checkpoint(.restart)
                } catch let error as DatabaseError where error.resultCode == .SQLITE_BUSY {
                    // Another process is at it, or somebody reads: the next round comes soon.
                }
            }
        }
    }
}

extension DatabaseQueue {
    /// What one transaction changes at most: it must not keep a commit waiting.
    static let (rowsPerStep, bytesPerStep): (Int, Int64) = (200, 4 << 20)

    /// A page: the decision and the rest of a delivery rarely take more.
    private static let bytesWithoutBody: Int64 = 4096

    /// Removes from the beginning of the log, up to the first delivery that is to be kept: they are in order
    /// of time.
    ///
    /// - Returns: Whether there may be more to remove.
    fileprivate func removeDeliveries(keeping kept: Int, since oldest: Timestamp) throws -> Bool {
        let last: Int64? = try unsafeRead { database in
            guard let newest = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM delivery") else {
                return nil
            }
            var last: Int64?
            var bytes: Int64 = 0
            let rows = try Row.fetchCursor(
                database,
                sql: "SELECT sequence, received, length(body) FROM delivery ORDER BY sequence LIMIT ?",
                arguments: [Self.rowsPerStep]
            )
            while let row = try rows.next(), bytes < Self.bytesPerStep {
                let sequence: Int64 = row[0]
                guard sequence <= newest - Int64(kept) || row[1] < oldest.microseconds else { break }
                last = sequence
                bytes += row[2] ?? 0
            }
            return last
        }
        guard let last else { return false }
        try write { try $0.execute(sql: "DELETE FROM delivery WHERE sequence <= ?", arguments: [last]) }
        return true
    }

    /// Removes the oldest bodies when the file holds more than `limit` bytes, and `rest` that have nothing to do with them.
    ///
    /// SQLite uses their pages again, so that the file hardly grows further.
    /// - Returns: Whether some were removed.
    fileprivate func removeBodies(
        above limit: Int64,
        beside rest: (Database) throws -> Int64
    ) throws -> Bool {
        let range: ClosedRange<Int64>? = try unsafeRead { database in
            var excess = try database.usedBytes() - limit
            guard excess > 0 else { return nil }
            excess -= try rest(database)
            guard excess > 0,
                let newest = try Int64.fetchOne(database, sql: "SELECT max(sequence) FROM delivery"),
                let oldest = try Int64.fetchOne(database, sql: "SELECT min(sequence) FROM delivery")
            else { return nil }
            var left = excess - (newest - oldest + 1) * Self.bytesWithoutBody
            guard left > 0 else { return nil }
            left = min(left, Self.bytesPerStep)
            let first =
                try database.lastDelivery(in: (oldest - 1)...newest, where: "typeof(body) = 'null'") + 1
            var last: Int64?
            let rows = try Row.fetchCursor(
                database,
                sql: """
                    SELECT sequence, length(body) FROM delivery WHERE sequence >= ?
                    ORDER BY sequence LIMIT ?
                    """,
                arguments: [first, Self.rowsPerStep]
            )
            while left > 0, let row = try rows.next() {
                last = row[0]
                left -= row[1] ?? 0
            }
            return last.map { first...$0 }
        }
        guard let range else { return false }
        try write {
            try $0.execute(
                sql: "UPDATE delivery SET body = NULL WHERE sequence BETWEEN ? AND ?",
                arguments: [range.lowerBound, range.upperBound]
            )
        }
        return true
    }

    /// Looks at the next targets in their order, rather than at all of them.
    ///
    /// - Returns: Whether some were removed, and where to go on; nil for the beginning.
    fileprivate func removeRefreshes(
        after target: Target,
        finishedBefore oldest: Timestamp
    ) throws -> (hasRemoved: Bool, next: Target?) {
        // A token in the future, from a clock that was wrong, has to be remembered.
        let isOld = "state <> 0 AND finished < :oldest AND token < :oldest"
        var arguments: StatementArguments = [
            "oldest": oldest.microseconds, "namespace": target.namespace, "name": target.name,
        ]
        let table = target.lane.table
        let (count, old, last) = try unsafeRead { database in
            let rows = try Row.fetchAll(
                database,
                sql: """
                    SELECT namespace, name, \(isOld) FROM \(table)
                    WHERE (namespace, name) > (:namespace, :name) ORDER BY namespace, name LIMIT \(Self.rowsPerStep)
                    """,
                arguments: arguments
            )
            let last = rows.last.map { Target(target.lane, namespace: $0[0], name: $0[1]) }
            return (rows.count, rows.count { $0[2] == true }, last)
        }
        if let last, old > 0 {
            arguments = arguments &+ ["lastNamespace": last.namespace, "lastName": last.name]
            try write { database in
                try database.execute(
                    sql: """
                        DELETE FROM \(table) WHERE (namespace, name) > (:namespace, :name)
                            AND (namespace, name) <= (:lastNamespace, :lastName) AND \(isOld)
                        """,
                    arguments: arguments
                )
            }
        }
        return (old > 0, count == Self.rowsPerStep ? last : nil)
    }
}

extension Database {
    /// What is in use of the file, without the pages that are free.
    fileprivate func usedBytes() throws -> Int64 {
        let values = try ["page_count", "freelist_count", "page_size"].map {
            try Int64.fetchOne(self, sql: "PRAGMA \($0)") ?? 0
        }
        return (values[0] - values[1]) * values[2]
    }

    /// What all tables but the log's take, with their indices (sqlite.org/dbstat.html); 0 where SQLite cannot tell.
    fileprivate func bytesBesideLog() throws -> Int64 {
        let canTell = try Bool.fetchOne(self, sql: "SELECT sqlite_compileoption_used('ENABLE_DBSTAT_VTAB')")
        guard canTell == true else { return 0 }
        // In this order: of the log not a page is read.
        return try Int64.fetchOne(
            self,
            sql: """
                SELECT sum(dbstat.pgsize) FROM sqlite_schema AS part CROSS JOIN dbstat ON dbstat.name = part.name
                WHERE part.tbl_name <> 'delivery' AND part.rootpage > 0 AND dbstat.aggregate = TRUE
                """
        ) ?? 0
    }
}
