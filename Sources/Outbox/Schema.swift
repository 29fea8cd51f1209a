// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The tables of the outbox, by version of the file's format.
enum Schema {
    private static let version = 7

    /// Makes the tables, or finds out that a newer program made others.
    static func prepare(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw OutboxError(.unexpected, "the outbox was made by a newer version: install that one again")
        }
        if found == 0 { try database.execute(sql: delivery + pending("refresh") + redelivery + activity) }
        if (1...3).contains(found) {
            try remakeDelivery(database, from: found)
            try database.execute(sql: redelivery + activity)
        }
        if found < 5 { try database.execute(sql: pending("catalogue") + entity) }
        if found < 6 { try database.execute(sql: catalogueByReceiver) }
        if found < 7 { try database.execute(sql: absence) }
        try database.execute(sql: "PRAGMA user_version = \(version)")
    }

    /// Refuses to work with tables that this program would have to make or change first.
    static func check(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found != version else { return }
        guard found < version else {
            throw OutboxError(.unexpected, "the outbox was made by a newer version: use that one")
        }
        throw OutboxError(
            .outdated,
            "the outbox was made by an older version: the service brings it up to date when it starts"
        )
    }

    /// A number is never used again, even once the log has been empty: processes ask for what is above the
    /// last that they know.
    ///
    /// There is no index by id: every delivery would pay for it, and who asks for one has time for a look at all.
    /// The body comes last, for what precedes it to be read without it; it is NULL when it had to give way. `bodySize` is
    /// what the sender sent, of which a part may be kept, and NULL where an earlier version did not note it.
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
            headers TEXT NOT NULL DEFAULT '',
            redeliveryOf TEXT,
            bodySize INTEGER,
            body BLOB
        );
        """

    /// What is to be done, and what became of it, in a table for each kind of target: a process of version 4 that
    /// shares the file knows Warehouses only, and would take all that it finds in `refresh` for some.
    private static func pending(_ table: String) -> String {
        """
        CREATE TABLE \(table) (
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
        CREATE INDEX \(table)ByDue ON \(table) (due) WHERE state = 0;
        """
    }

    /// What waits for one receiver must not be walked to find what is due of another.
    private static let catalogueByReceiver =
        "CREATE INDEX catalogueByReceiver ON catalogue (namespace, due) WHERE state = 0;"

    /// What an operator wants to have delivered once more, and what became of that.
    private static let redelivery = """
        CREATE TABLE redelivery (
            sequence INTEGER PRIMARY KEY AUTOINCREMENT,
            original TEXT NOT NULL,
            requested INTEGER NOT NULL,
            finished INTEGER,
            result TEXT,
            error TEXT
        );
        """

    /// What the log cannot tell, because it keeps so many deliveries only, and none that was refused.
    ///
    /// The hour comes first in the key: what is asked for and what is removed are ranges of hours.
    private static let activity = """
        CREATE TABLE activity (
            hour INTEGER NOT NULL,
            project TEXT NOT NULL,
            receiver TEXT NOT NULL,
            accepted INTEGER NOT NULL,
            unauthorized INTEGER NOT NULL,
            malformed INTEGER NOT NULL,
            limited INTEGER NOT NULL,
            unavailable INTEGER NOT NULL,
            PRIMARY KEY (hour, project, receiver)
        ) WITHOUT ROWID;
        CREATE TABLE receiver (
            project TEXT NOT NULL,
            receiver TEXT NOT NULL,
            lastDelivery INTEGER NOT NULL,
            lastSuccess INTEGER,
            PRIMARY KEY (project, receiver)
        ) WITHOUT ROWID;
        """

    /// Which entities a catalogue may have from a receiver, each with the object that it was last made from, and how far
    /// a walk over all objects has come.
    private static let entity = """
        CREATE TABLE entity (
            project TEXT NOT NULL,
            receiver TEXT NOT NULL,
            blueprint TEXT NOT NULL,
            identifier TEXT NOT NULL,
            object TEXT NOT NULL,
            seen INTEGER NOT NULL,
            PRIMARY KEY (project, receiver, blueprint, identifier)
        ) WITHOUT ROWID;
        CREATE INDEX entityByObject ON entity (project, receiver, object);
        CREATE TABLE resync (
            project TEXT NOT NULL,
            receiver TEXT NOT NULL,
            position TEXT NOT NULL,
            started INTEGER NOT NULL,
            PRIMARY KEY (project, receiver)
        ) WITHOUT ROWID;
        """

    /// Since when a receiver is not among the manifests of which there are entities.
    private static let absence = """
        CREATE TABLE absence (
            project TEXT NOT NULL,
            receiver TEXT NOT NULL,
            since INTEGER NOT NULL,
            PRIMARY KEY (project, receiver)
        ) WITHOUT ROWID;
        """

    /// From version 1, which counted from 1 again after the log had been empty and kept less, or 2, which had an index by
    /// id, or 3, which kept no headers.
    private static func remakeDelivery(_ database: Database, from version: Int) throws {
        let columns =
            "sequence, id, received, project, receiver, provider, event, status, decision, targets, repetitionKey"
        try database.execute(sql: "ALTER TABLE delivery RENAME TO earlier;" + delivery)
        try database.execute(
            sql: """
                INSERT INTO delivery (\(columns), duration, headers, bodySize, body)
                    SELECT \(columns), \(version == 1 ? "0" : "duration"), '',
                        CASE WHEN length(body) < \(DeliveryRecord.bodyLimit) THEN length(body) END, body
                    FROM earlier;
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
    /// An operator does not want it any more.
    case dropped = 3
}
