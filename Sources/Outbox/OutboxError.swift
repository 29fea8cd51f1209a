// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import POSIX

/// Why the outbox could not keep or tell something.
package struct OutboxError: Error, Sendable, CustomStringConvertible {
    package enum Code: Sendable, Equatable {
        /// The disk is full, or the folder cannot be written: it may be mended while the service runs.
        case unavailable
        /// There is no outbox yet.
        case absent
        /// It is another user's.
        case forbidden
        /// An earlier version made it, and the service has not been started since.
        case outdated
        /// Another process writes and does not finish.
        case busy
        /// The file is no database any more.
        case corrupt
        /// Anything else, which is a mistake of this program.
        case unexpected
    }

    package let code: Code

    /// For the operator: what, which file, why, what to do.
    ///
    /// A sender gets none of it.
    package let description: String

    init(_ code: Code, _ description: String) {
        self.code = code
        self.description = description
    }

    /// What SQLite said about the file at `path`, or the system about another one.
    init(_ error: any Error, at path: String) {
        if let error = error as? SystemError {
            self.init(.unavailable, "\(error)")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.unexpected, "'\(path)': \(error)")
            return
        }
        let name = error.message ?? "error \(error.extendedResultCode.rawValue)"
        switch error.resultCode {
        case .SQLITE_FULL: self.init(.unavailable, "'\(path)': the disk is full, make space: \(name)")
        case .SQLITE_IOERR, .SQLITE_CANTOPEN, .SQLITE_READONLY, .SQLITE_PERM:
            self.init(
                .unavailable,
                "'\(path)' cannot be written, check the disk and its folder's rights: \(name)"
            )
        case .SQLITE_BUSY, .SQLITE_LOCKED:
            self.init(.busy, "'\(path)' is locked by another process for too long: find it with fuser(1)")
        case .SQLITE_CORRUPT, .SQLITE_NOTADB: self.init(.corrupt, "'\(path)' is damaged: \(name)")
        default: self.init(.unexpected, "'\(path)': \(name)")
        }
    }
}
