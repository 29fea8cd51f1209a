// SPDX-License-Identifier: Apache-2.0

internal import GRDB
package import POSIX
internal import Subscriptions

/// How far a walk over all objects of a registry has come, so that one that was interrupted goes on there.
extension EntityMemory {
    package struct Resync: Sendable, Equatable {
        /// What the walk makes of it is its own affair.
        package let position: String

        /// Entities that were last seen before are gone when it ends.
        package let started: Timestamp

        package init(position: String, started: Timestamp) {
            self.position = position
            self.started = started
        }
    }

    /// Nil when none is under way.
    package func resync(of receiver: ReceiverName) throws(OutboxError) -> Resync? {
        try file.withConnection { queue in
            try queue.unsafeRead { database in
                try Row.fetchOne(
                    database,
                    sql: "SELECT position, started FROM resync WHERE project = ? AND receiver = ?",
                    arguments: [receiver.project, receiver.name]
                ).map { row in
                    Resync(position: row["position"], started: Timestamp(microseconds: row["started"]))
                }
            }
        }
    }

    /// Keeps how far it has come; nil when it is at its end.
    package func setResync(_ resync: Resync?, of receiver: ReceiverName) throws(OutboxError) {
        try file.withConnection { queue in
            try queue.inTransaction { database in
                guard let resync else {
                    try database.execute(
                        sql: "DELETE FROM resync WHERE project = ? AND receiver = ?",
                        arguments: [receiver.project, receiver.name]
                    )
                    return
                }
                try database.execute(
                    sql: """
                        INSERT INTO resync (project, receiver, position, started) VALUES (?, ?, ?, ?)
                        ON CONFLICT DO UPDATE SET position = excluded.position, started = excluded.started
                        """,
                    arguments: [
                        receiver.project, receiver.name, resync.position, resync.started.microseconds,
                    ]
                )
            }
        }
    }

    /// Takes note of entities that are about to be sent, as ``remember(_:of:at:)`` does.
    ///
    /// - Returns: those that were another object's until then, with that object, and when they were last sent for it.
    package func takeOver(
        _ entities: [SentEntity],
        of receiver: ReceiverName,
        at now: Timestamp
    ) throws(OutboxError) -> [(entity: SentEntity, seen: Timestamp)] {
        var former: [(entity: SentEntity, seen: Timestamp)] = []
        try inSteps(entities) { database, entity in
            let row = try Row.fetchOne(
                database.cachedStatement(
                    sql: """
                        SELECT object, seen FROM entity
                        WHERE project = ? AND receiver = ? AND blueprint = ? AND identifier = ? AND object <> ?
                        """
                ),
                arguments: [
                    receiver.project, receiver.name, entity.blueprint, entity.identifier, entity.object,
                ]
            )
            if let row {
                let before = SentEntity(
                    object: row["object"],
                    blueprint: entity.blueprint,
                    identifier: entity.identifier
                )
                former.append((before, Timestamp(microseconds: row["seen"])))
            }
            try database.remember(entity, of: receiver, at: now)
        }
        return former
    }

    /// Which of `objects` had an event since `time`, or were being brought up to date then, or wait for that.
    ///
    /// Of those that wait the time of the last event need not be in the file.
    package func objects(
        withEventsSince time: Timestamp,
        among objects: [String],
        of receiver: ReceiverName
    ) throws(OutboxError) -> [String] {
        try file.withConnection { queue in
            try queue.unsafeRead { database in
                let statement = try database.cachedStatement(
                    sql: """
                        SELECT 1 FROM \(Target.Lane.catalogue.table)
                        WHERE namespace = ? AND name IN (?, ?) AND (state = 0 OR token >= ? OR finished >= ?)
                        """
                )
                return try objects.filter { object in
                    let (project, name) = (receiver.project, receiver.name)
                    let target = Target(project: project, receiver: name, object: object)
                    let later = Target(project: project, receiver: name, objectLater: object)
                    return try Bool.fetchOne(
                        statement,
                        arguments: [
                            target.namespace, target.name, later.name, time.microseconds, time.microseconds,
                        ]
                    ) != nil
                }
            }
        }
    }
}
