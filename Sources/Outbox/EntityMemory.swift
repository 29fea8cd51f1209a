// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import POSIX

/// What was sent to catalogues: without it nobody could tell what has to go from there when an object is gone, when the
/// mapping has changed, or when a selector is no longer true.
///
/// It is in the outbox's file, on a connection of its own, so that no delivery waits for it. What it commits is durable
/// with the outbox's next commit.
package final class EntityMemory: Sendable {
    let file: OutboxFile

    /// How many rows one transaction changes at most: it must not keep a commit waiting.
    private static let rowsPerStep = 200

    package init(_ outbox: Outbox) {
        file = outbox.file.another(use: .maintenance)
    }

    /// Takes note of entities that are about to be sent: one that is not remembered would stay for ever, one that was
    /// not sent after all is deleted in vain at worst.
    ///
    /// Where two objects make the same entity, it is the last one's: a tag that has moved on must not take along what is
    /// now another artifact's.
    package func remember(
        _ entities: [SentEntity],
        of receiver: ReceiverName,
        at now: Timestamp
    ) throws(OutboxError) {
        try inSteps(entities) { database, entity in
            try database.remember(entity, of: receiver, at: now)
        }
    }

    /// The entities that were last made from one of `objects`.
    package func entities(
        of objects: [String],
        by receiver: ReceiverName
    ) throws(OutboxError) -> [SentEntity] {
        try entities(where: "object = ?", objects.map { [$0] }, by: receiver)
    }

    /// Those of these entities that were last made from any object; which one `entities` say does not matter.
    package func known(
        among entities: [SentEntity],
        by receiver: ReceiverName
    ) throws(OutboxError) -> [SentEntity] {
        try self.entities(
            where: "blueprint = ? AND identifier = ?",
            entities.map { [$0.blueprint, $0.identifier] },
            by: receiver
        )
    }

    /// The first `limit` entities of a receiver, after `entity` where there is one, that nobody has remembered again since
    /// `time`.
    package func entities(
        notSeenSince time: Timestamp,
        after entity: SentEntity? = nil,
        by receiver: ReceiverName,
        limit: Int
    ) throws(OutboxError) -> [SentEntity] {
        try file.withConnection { queue in
            try queue.unsafeRead { database in
                try Row.fetchAll(
                    database,
                    sql: """
                        SELECT object, blueprint, identifier FROM entity
                        WHERE project = ? AND receiver = ? AND seen < ? AND (blueprint, identifier) > (?, ?)
                        ORDER BY blueprint, identifier LIMIT ?
                        """,
                    arguments: [
                        receiver.project, receiver.name, time.microseconds, entity?.blueprint ?? "",
                        entity?.identifier ?? "", limit,
                    ]
                ).map(SentEntity.init)
            }
        }
    }

    /// Forgets entities that are gone from the catalogue, but not those which another object has made meanwhile.
    package func forget(_ entities: [SentEntity], of receiver: ReceiverName) throws(OutboxError) {
        try inSteps(entities) { database, entity in
            try database.cachedStatement(
                sql: """
                    DELETE FROM entity
                    WHERE project = ? AND receiver = ? AND blueprint = ? AND identifier = ? AND object = ?
                    """
            ).execute(
                arguments: [
                    receiver.project, receiver.name, entity.blueprint, entity.identifier, entity.object,
                ]
            )
        }
    }

    /// What fulfils `condition` with one of `values` after the other.
    private func entities(
        where condition: String,
        _ values: [[String]],
        by receiver: ReceiverName
    ) throws(OutboxError) -> [SentEntity] {
        try file.withConnection { queue in
            try queue.unsafeRead { database in
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT object, blueprint, identifier FROM entity
                        WHERE project = ? AND receiver = ? AND \(condition) ORDER BY blueprint, identifier
                        """
                )
                return try values.flatMap { values in
                    let arguments = StatementArguments([receiver.project, receiver.name] + values)
                    return try Row.fetchAll(statement, arguments: arguments).map(SentEntity.init)
                }
            }
        }
    }

    /// Does `body` with each in transactions of a few of them.
    func inSteps(
        _ entities: [SentEntity],
        _ body: (Database, SentEntity) throws -> Void
    ) throws(OutboxError) {
        for start in stride(from: 0, to: entities.count, by: Self.rowsPerStep) {
            let step = entities[start..<min(start + Self.rowsPerStep, entities.count)]
            try file.withConnection { queue in
                try queue.inTransaction { database in try step.forEach { try body(database, $0) } }
            }
        }
    }
}

extension Database {
    func remember(_ entity: SentEntity, of receiver: ReceiverName, at now: Timestamp) throws {
        try cachedStatement(
            sql: """
                INSERT INTO entity (project, receiver, blueprint, identifier, object, seen) VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT DO UPDATE SET object = excluded.object, seen = max(seen, excluded.seen)
                """
        ).execute(
            arguments: [
                receiver.project, receiver.name, entity.blueprint, entity.identifier, entity.object,
                now.microseconds,
            ]
        )
    }
}

extension SentEntity {
    fileprivate init(_ row: Row) {
        self.init(object: row["object"], blueprint: row["blueprint"], identifier: row["identifier"])
    }
}
