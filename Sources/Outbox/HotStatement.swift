// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import GRDBSQLite

/// A statement that is run for every delivery, through SQLite's own functions.
///
/// GRDB boxes each value on its way in and out, which costs more than SQLite's work.
struct HotStatement {
    private let database: Database
    private let statement: Statement

    /// Prepared once for each connection.
    init(_ sql: String, _ database: Database) throws {
        self.database = database
        statement = try database.cachedStatement(sql: sql)
    }

    /// Runs the statement to its end with `values` in its places, and calls `read` for every row.
    func run<each Argument: HotArgument>(
        _ values: repeat each Argument,
        read: (Row) throws -> Void = { _ in }
    ) throws {
        let handle = unsafe statement.sqliteStatement
        // What was copied for it is not kept until the next time.
        defer {
            unsafe sqlite3_reset(handle)
            unsafe sqlite3_clear_bindings(handle)
        }
        var place: Int32 = 0
        for value in repeat each values {
            place += 1
            try check(unsafe value.bind(to: handle, at: place))
        }
        while try unsafe step(handle) { try read(unsafe Row(handle)) }
    }

    /// Whether there is another row.
    private func step(_ handle: SQLiteStatement) throws(DatabaseError) -> Bool {
        let code = unsafe sqlite3_step(handle)
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
    /// The row that a statement is at, as long as it is there.
    ///
    /// SQLite converts a value that is of another type than the one asked for: no damaged row stops the program.
    @safe struct Row {
        private let handle: SQLiteStatement

        fileprivate init(_ handle: SQLiteStatement) { unsafe self.handle = handle }

        func integer(_ column: Int32) -> Int64 { unsafe sqlite3_column_int64(handle, column) }

        func text(_ column: Int32) -> String {
            unsafe sqlite3_column_text(handle, column).map { unsafe String(cString: $0) } ?? ""
        }

        /// Nil for NULL, and for one without bytes.
        func blob(_ column: Int32) -> [UInt8]? {
            guard let start = unsafe sqlite3_column_blob(handle, column) else { return nil }
            let count = unsafe Int(sqlite3_column_bytes(handle, column))
            return unsafe Array(UnsafeRawBufferPointer(start: start, count: count))
        }
    }
}

/// What can stand in a place of a statement.
protocol HotArgument {
    /// Puts a copy into the place, and returns SQLite's code.
    func bind(to statement: SQLiteStatement, at place: Int32) -> Int32
}

/// Tells SQLite to copy what it gets: its own macro is a cast that Swift does not import.
private var transient: sqlite3_destructor_type { unsafe unsafeBitCast(-1, to: sqlite3_destructor_type.self) }

extension Int64: HotArgument {
    func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
        unsafe sqlite3_bind_int64(statement, place, self)
    }
}

extension String: HotArgument {
    func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
        var text = self
        return text.withUTF8 { bytes in
            let start = unsafe UnsafeRawPointer(bytes.baseAddress)?.assumingMemoryBound(to: CChar.self)
            return unsafe sqlite3_bind_text(statement, place, start, Int32(bytes.count), transient)
        }
    }
}

extension ArraySlice<UInt8>: HotArgument {
    func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
        // Without an address SQLite would take it for NULL.
        guard !isEmpty else { return unsafe sqlite3_bind_zeroblob(statement, place, 0) }
        return unsafe withUnsafeBytes { bytes in
            unsafe sqlite3_bind_blob(statement, place, bytes.baseAddress, Int32(bytes.count), transient)
        }
    }
}

extension Optional: HotArgument where Wrapped: HotArgument {
    func bind(to statement: SQLiteStatement, at place: Int32) -> Int32 {
        switch self {
        case let value?: unsafe value.bind(to: statement, at: place)
        case nil: unsafe sqlite3_bind_null(statement, place)
        }
    }
}
