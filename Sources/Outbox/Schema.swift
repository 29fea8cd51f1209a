// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The tables of the outbox, by version of the file's format.
enum Schema {
    private static let version = 3

    /// Makes the tables, or finds out that a newer program made others.
    static func prepare(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw OutboxError(.unexpected, "the outbox was made by a newer version: install that one again")
        }
        if found == 0 { try database.execute(sql: delivery + refresh) }
        if found == 1 || found == 2 { try remakeDelivery(database, from: found) }
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// A number is never used again, even once the log has been empty: processes ask for what is above the
    /// last that they know.
    ///
    /// There is no index by id: every delivery would pay for it, and who asks for one has time for a look at all.
    /// The body comes last, for what precedes it to be read without it; it is NULL when it had to give way.
    private static let delivery = """
        CREATE TABLE delivery (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            id TEXT NOT NULL,
            received INTEGER NOT NULL,
            project TEXT NOT NULL,
            receiver TEXT NOT NULL,
            provider TEXT NOT NULL,
            event TEXT,
            status INTEGER NOT NULL,
            decision TEXT NOT NULL,
            targets TEXT NOT NULL,
            repetitionKey BLOB,
            duration INTEGER NOT NULL,
            body BLOB
        );
        """

    private static let refresh = """
        CREATE TABLE refresh (
            namespace TEXT NOT NULL,
            name TEXT NOT NULL,
            token INTEGER NOT NULL,
            state INTEGER NOT NULL,
            requested INTEGER NOT NULL,
            due INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0,
            finished INTEGER,
            error TEXT,
            deliveredToken INTEGER,
            PRIMARY KEY (namespace, name)
        ) WITHOUT ROWID;
        CREATE INDEX refreshByDue ON refresh (due) WHERE state = 0;
        """

    /// From version 1, which counted from 1 again after the log had been empty and kept less, or 2, which had an index by
    /// id.
    private static func remakeDelivery(_ database: Database, from version: Int) throws {
        let columns =
            "sequence, id, received, project, receiver, provider, event, status, decision, targets, repetitionKey"
        try database.execute(sql: "ALTER TABLE delivery RENAME TO earlier;" + delivery)
        try database.execute(
            sql: """
                INSERT INTO delivery (\(columns), duration, body)
                    SELECT \(columns), \(version == 1 ? "0" : "duration"), body FROM earlier;
                DELETE FROM sqlite_sequence WHERE name = 'delivery'
                    AND EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = 'earlier');
                UPDATE sqlite_sequence SET name = 'delivery' WHERE name = 'earlier';
                DROP TABLE earlier
                """
        )
        if version == 1 { try database.execute(sql: "ALTER TABLE refresh ADD COLUMN deliveredToken INTEGER") }
    }
}

/// Where a refresh is; the raw value is in the file.
package enum RefreshState: Int64, Sendable, CaseIterable {
    case pending = 0
    case delivered = 1
    case gone = 2
}
