// SPDX-License-Identifier: Apache-2.0

internal import GRDB

/// Adds rows to the log.
struct LogInsertion {
    private let database: Database
    private let statement: HotStatement

    init(_ database: Database) throws {
        self.database = database
        statement = try HotStatement(
            """
            INSERT INTO delivery
                (id, received, project, receiver, provider, event, status, decision, targets,
                 repetitionKey, duration, headers, redeliveryOf, bodySize, body)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            database
        )
    }

    /// Returns the row's place in the log.
    @discardableResult
    func insert(_ entry: LogEntry) throws -> Int64 {
        try statement.run(
            entry.id,
            entry.received,
            entry.project,
            entry.receiver,
            entry.provider,
            entry.event,
            entry.status,
            entry.decision,
            entry.targets,
            entry.repetitionKey.map { $0[...] },
            entry.duration,
            entry.headers,
            entry.redeliveryOf,
            entry.bodySize,
            entry.body[...]
        )
        return database.lastInsertedRowID
    }
}
