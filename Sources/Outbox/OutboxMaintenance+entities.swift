// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOConcurrencyHelpers
package import POSIX

extension OutboxMaintenance {
    /// Forgets what was sent for receivers that have been away for as long as the log keeps deliveries, a few entities with
    /// each call.
    ///
    /// `receivers` are all that there are now, as `project/name`; whoever cannot tell must not ask. One that was away for
    /// less is as it was when it comes back: a mistake in a manifest has the catalogue forget nothing.
    package func forgetEntities(allBut receivers: Set<String>, at now: Timestamp) throws(OutboxError) {
        let oldest = now - settings.withLockedValue(\.keptFor)
        try file.withConnection { queue in
            let (away, noted) = try queue.unsafeRead { database in
                (
                    try database.receiversWithEntities().filter { !receivers.contains($0.title) },
                    try database.absences()
                )
            }
            // Nothing is locked while there is nothing to change. A clock that was ahead has noted nothing.
            let known = noted.filter { away.contains($0.key) && $0.value <= now }
            let new = away.filter { known[$0] == nil }
            let back = noted.keys.filter { known[$0] == nil }
            if !new.isEmpty || !back.isEmpty {
                try queue.write { database in
                    for receiver in back { try database.removeAbsence(of: receiver) }
                    for receiver in new { try database.note(receiver, awaySince: now) }
                }
            }
            guard let gone = known.first(where: { $0.value < oldest })?.key else { return }
            try queue.write { try $0.forgetEntities(of: gone, limit: DatabaseQueue.rowsPerStep) }
        }
    }
}

extension ReceiverName {
    fileprivate var title: String { "\(project)/\(name)" }
}

extension Database {
    /// It goes from one to the next by the index, past all that was sent of each.
    fileprivate func receiversWithEntities() throws -> Set<ReceiverName> {
        let statement = try cachedStatement(
            sql: """
                SELECT project, receiver FROM entity WHERE (project, receiver) > (?, ?)
                ORDER BY project, receiver LIMIT 1
                """
        )
        var (receivers, last): (Set<ReceiverName>, ReceiverName) = ([], ReceiverName(project: "", name: ""))
        while let row = try Row.fetchOne(statement, arguments: [last.project, last.name]) {
            last = ReceiverName(project: row[0], name: row[1])
            receivers.insert(last)
        }
        return receivers
    }

    fileprivate func absences() throws -> [ReceiverName: Timestamp] {
        let rows = try Row.fetchAll(cachedStatement(sql: "SELECT project, receiver, since FROM absence"))
        return Dictionary(
            rows.map { (ReceiverName(project: $0[0], name: $0[1]), Timestamp(microseconds: $0[2])) },
            uniquingKeysWith: { first, _ in first }
        )
    }

    fileprivate func note(_ receiver: ReceiverName, awaySince time: Timestamp) throws {
        try execute(
            sql: "INSERT OR IGNORE INTO absence (project, receiver, since) VALUES (?, ?, ?)",
            arguments: [receiver.project, receiver.name, time.microseconds]
        )
    }

    fileprivate func removeAbsence(of receiver: ReceiverName) throws {
        try execute(
            sql: "DELETE FROM absence WHERE project = ? AND receiver = ?",
            arguments: [receiver.project, receiver.name]
        )
    }

    /// Also how far a walk has come.
    fileprivate func forgetEntities(of receiver: ReceiverName, limit: Int) throws {
        let arguments: StatementArguments = [
            "project": receiver.project, "receiver": receiver.name, "limit": limit,
        ]
        try execute(
            sql: """
                DELETE FROM entity WHERE project = :project AND receiver = :receiver AND (blueprint, identifier) IN (
                    SELECT blueprint, identifier FROM entity WHERE project = :project AND receiver = :receiver LIMIT :limit
                )
                """,
            arguments: arguments
        )
        try execute(
            sql: "DELETE FROM resync WHERE project = ? AND receiver = ?",
            arguments: [receiver.project, receiver.name]
        )
    }
}
