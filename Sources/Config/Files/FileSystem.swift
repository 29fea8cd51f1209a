// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Reading of files and folders.
///
/// Nothing above sees errno, a descriptor or a pointer.
enum FileSystem {
    static var currentFolder: String {
        get throws(FileError) {
            guard let path = unsafe getcwd(nil, 0) else { throw failure(".") }
            defer { unsafe free(path) }
            return unsafe String(cString: path)
        }
    }

    static func status(of path: String) throws(FileError) -> FileStatus {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { throw failure(path) }
        return FileStatus(status)
    }

    /// The names in a folder, sorted.
    static func names(in path: String) throws(FileError) -> [String] {
        guard let folder = unsafe opendir(path) else { throw failure(path) }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        while true {
            errno = 0
            guard let entry = unsafe readdir(folder) else { break }
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        guard errno == 0 else { throw failure(path) }
        return names.sorted()
    }

    /// The bytes of a regular file of at most `limit` bytes, and its status at the time.
    static func read(_ path: String, limit: Int) throws(FileError) -> (bytes: [UInt8], status: FileStatus) {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
        let descriptor = unsafe open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path) }
        defer { close(descriptor) }

        var information = stat()
        guard unsafe fstat(descriptor, &information) == 0 else { throw failure(path) }
        let status = FileStatus(information)
        guard status.kind != .folder else { throw FileError(path: path, code: .system(errno: EISDIR)) }
        guard status.kind == .file else { throw FileError(path: path, code: .notAFile) }
        let tooLarge = FileError(path: path, code: .tooLarge(limit: limit))
        guard Int(information.st_size) <= limit else { throw tooLarge }

        // A file may grow while it is read: the limit counts what was read, not what was announced.
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(information.st_size) + 1)
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw failure(path) }
            guard count > 0 else { return (bytes, status) }
            bytes.append(contentsOf: chunk[..<count])
            guard bytes.count <= limit else { throw tooLarge }
        }
    }

    /// The one place that turns errno into an error.
    private static func failure(_ path: String) -> FileError {
        FileError(path: path, code: .system(errno: errno))
    }
}

extension FileStatus {
    fileprivate init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        identity = Identity(device: UInt(status.st_dev), inode: UInt(status.st_ino))
        isReadableByOthers = status.st_mode & S_IROTH != 0
    }
}
