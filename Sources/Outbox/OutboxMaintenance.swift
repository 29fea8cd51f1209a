// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOConcurrencyHelpers
package import POSIX

/// Keeps the file small, on a connection of its own.
///
/// The one that commits deliveries never waits for it for longer than a few hundred rows take.
package final class OutboxMaintenance: Sendable {
    private let file: OutboxFile
    private let settings: NIOLockedValueBox<OutboxSettings>

    /// Rows that one transaction removes.
    private static let rowsPerStep = 200

    package init(_ outbox: Outbox) {
        file = outbox.file.another()
        settings = outbox.settings
    }

    /// Moves what is committed from SQLite's log into the file, as far as nobody reads it.
    package func checkpoint() throws(OutboxError) {
        try file.withConnection { queue in
            try queue.writeWithoutTransaction { _ = try $0.checkpoint(.passive) }
        }
    }

    /// Removes deliveries that are too many or too old, and refreshes that have long been finished.
    ///
    /// - Returns: Whether there may be more to remove.
    package func cleanUp(at now: Timestamp) throws(OutboxError) -> Bool {
        let settings = settings.withLockedValue { $0 }
        let oldest = (now - settings.keptFor).microseconds
        return try file.withConnection { queue in
            try queue.write { database in
                try database.execute(
                    sql: """
                        DELETE FROM delivery WHERE sequence IN (
                            SELECT sequence FROM delivery
                            WHERE sequence <= (SELECT max(sequence) FROM delivery) - ? OR received < ?
                            ORDER BY sequence LIMIT ?
                        )
                        """,
                    arguments: [settings.keptDeliveries, oldest, Self.rowsPerStep]
                )
                let deliveries = database.changesCount
                // A token in the future, from a clock that was wrong, has to be remembered.
                try database.execute(
                    sql: """
                        DELETE FROM refresh WHERE (namespace, name) IN (
                            SELECT namespace, name FROM refresh
                            WHERE state <> 0 AND finished < ? AND token < ? LIMIT ?
                        )
                        """,
                    arguments: [oldest, oldest, Self.rowsPerStep]
                )
                return deliveries == Self.rowsPerStep || database.changesCount == Self.rowsPerStep
            }
        }
    }
}
