// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension DatabaseQueue {
    /// Runs `body` in a transaction that has the lock from its beginning, and commits it.
    ///
    /// GRDB prepares the statements for it each time, which costs as much as a delivery's row.
    func inTransaction<Value>(_ body: (Database) throws -> Value) throws -> Value {
        try writeWithoutTransaction { database in
            try HotStatement("BEGIN IMMEDIATE", database).run()
            do {
                let value = try body(database)
                try HotStatement("COMMIT", database).run()
                return value
            } catch {
                // After a disk that is full, for one, SQLite has rolled back by itself; nothing is kept in any case.
                if database.isInsideTransaction { try? HotStatement("ROLLBACK", database).run() }
                throw error
            }
        }
    }
}
