// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// The tables of the outbox, by version of the file's format.
enum Schema {
    private static let version = 1

    /// Makes the tables, or finds out that a newer program made others.
    static func prepare(_ database: Database) throws {
        let found = try Int.fetchOne(database, sql: "PRAGMA user_version") ?? 0
        guard found <= version else {
            throw OutboxError(.unexpected, "the outbox was made by a newer version: install that one again")
        }
        guard found == 0 else { return }
        try database.execute(
            sql: """
                CREATE TABLE delivery (
                    sequence INTEGER PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    received INTEGER NOT NULL,
                    project TEXT NOT NULL,
                    receiver TEXT NOT NULL,
                    provider TEXT NOT NULL,
                    event TEXT,
                    status INTEGER NOT NULL,
                    decision TEXT NOT NULL,
                    targets TEXT NOT NULL,
                    repetitionKey BLOB,
                    body BLOB NOT NULL
                );
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
                    PRIMARY KEY (namespace, name)
                ) WITHOUT ROWID;
                CREATE INDEX refreshByDue ON refresh (due) WHERE state = 0;
                PRAGMA user_version = \(version);
                """
        )
    }
}

/// Where a refresh is; the raw value is in the file.
package enum RefreshState: Int64, Sendable, CaseIterable {
    case pending = 0
    case delivered = 1
    case gone = 2
}
