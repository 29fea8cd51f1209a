// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite

/// A statement that is run for every delivery, through SQLite's own functions.
///
/// GRDB boxes and copies each value on its way in and out, which costs more than SQLite's work.
struct HotStatement {
    private let database: Database
    private let statement: Statement

    /// A value for a place in the statement.
    enum Value {
        case null
        case integer(Int64)
        case text(String)
        case blob(ArraySlice<UInt8>)
    }

    /// Prepared once for each connection.
    init(_ sql: String, _ database: Database) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
    }

    /// Runs the statement to its end with `values` in its places, and calls `read` for every row.
    func run(_ values: Value..., read: (Row) throws -> Void = { _ in }) throws {
        defer { unsafe sqlite3_reset(statement.sqliteStatement) }
        try bind(values[...], at: 1) {
            while try step() { try read(Row(statement: statement)) }
        }
    }

    /// Binds texts and blobs where they lie, which is why `body` runs inside.
    private func bind(_ values: ArraySlice<Value>, at place: Int32, _ body: () throws -> Void) throws {
        guard let value = values.first else { return try body() }
        let handle = unsafe statement.sqliteStatement
        let others = values.dropFirst()
        switch value {
        case .null:
            try check(unsafe sqlite3_bind_null(handle, place))
            try bind(others, at: place + 1, body)
        case .integer(let number):
            try check(unsafe sqlite3_bind_int64(handle, place, number))
            try bind(others, at: place + 1, body)
        case .text(var text):
            try text.withUTF8 { bytes in
                let start = unsafe UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
                try check(unsafe sqlite3_bind_text(handle, place, start, Int32(bytes.count), nil))
                try bind(others, at: place + 1, body)
            }
        case .blob(let bytes):
            try unsafe bytes.withUnsafeBytes { bytes in
                // Without an address SQLite would take it for NULL.
                if unsafe bytes.isEmpty {
                    try check(unsafe sqlite3_bind_zeroblob(handle, place, 0))
                } else {
                    try check(
                        unsafe sqlite3_bind_blob(handle, place, bytes.baseAddress, Int32(bytes.count), nil)
                    )
                }
                try bind(others, at: place + 1, body)
            }
        }
    }

    /// Whether there is another row.
    private func step() throws(DatabaseError) -> Bool {
        let code = unsafe sqlite3_step(statement.sqliteStatement)
        if code == SQLITE_DONE { return false }
        if code != SQLITE_ROW { try check(code) }
        return true
    }

    private func check(_ code: Int32) throws(DatabaseError) {
        guard code != SQLITE_OK else { return }
        throw DatabaseError(resultCode: ResultCode(rawValue: code), message: database.lastErrorMessage)
    }
}

extension HotStatement {
    /// The row that a statement is at.
    ///
    /// SQLite converts a value that is of another type than the one asked for: no damaged row stops the program.
    struct Row {
        fileprivate let statement: Statement

        func integer(_ column: Int32) -> Int64 {
            unsafe sqlite3_column_int64(statement.sqliteStatement, column)
        }

        func text(_ column: Int32) -> String {
            unsafe sqlite3_column_text(statement.sqliteStatement, column).map { unsafe String(cString: $0) }
                ?? ""
        }

        /// Nil for NULL.
        func blob(_ column: Int32) -> [UInt8]? {
            guard let start = unsafe sqlite3_column_blob(statement.sqliteStatement, column) else {
                return nil
            }
            let count = unsafe Int(sqlite3_column_bytes(statement.sqliteStatement, column))
            return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }
}
