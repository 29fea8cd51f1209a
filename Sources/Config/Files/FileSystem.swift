// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// Reading of files and folders, with errors that say what to do.
enum FileSystem {
    static var currentFolder: String {
        get throws(FileError) { try at(".") { () throws(SystemError) in try Folder.current } }
    }

    static func status(of path: String) throws(FileError) -> FileStatus {
        try at(path) { () throws(SystemError) in try FileStatus(of: path) }
    }

    /// The names in a folder, sorted.
    static func names(in path: String) throws(FileError) -> [String] {
        try at(path) { () throws(SystemError) in try Folder.names(in: path) }
    }

    /// The bytes of a regular file of at most `limit` bytes, and its status at the time.
    static func read(_ path: String, limit: Int) throws(FileError) -> (bytes: [UInt8], status: FileStatus) {
        let (bytes, status) = try at(path) { () throws(SystemError) in
            // Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
            let file = try Descriptor(opening: path, O_RDONLY | O_NONBLOCK)
            let status = try FileStatus(of: file, at: path)
            // A file may grow while it is read: the limit counts what was read, not what was announced.
            let isRead = status.kind == .file && status.size <= limit
            return (isRead ? try file.read(upTo: limit + 1, from: path) : [], status)
        }
        switch status.kind {
        case .folder: throw FileError(path: path, code: .system(errno: EISDIR))
        case .other: throw FileError(path: path, code: .notAFile)
        case .file where max(bytes.count, status.size) > limit:
            throw FileError(path: path, code: .tooLarge(limit: limit))
        case .file: return (bytes, status)
        }
    }

    private static func at<Result>(
        _ path: String,
        _ body: () throws(SystemError) -> Result
    ) throws(FileError) -> Result {
        do { return try body() } catch { throw FileError(path: path, code: .system(errno: error.errno)) }
    }
}
