// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// Folders, for those who need more than a path: that they exist, and that their entries are durable.
package enum Folder {
    /// Makes `path` and every missing folder above it, durably.
    package static func make(_ path: String) throws(SystemError) {
        do {
            try systemCall("making the folder '\(path)'") { unsafe mkdir(path, 0o755) }
        } catch let error where error.errno == EEXIST {
            return
        } catch let error where error.errno == ENOENT && path.contains("/") {
            try make(parent(of: path))
            // From the start: another process may have made it meanwhile.
            return try make(path)
        }
        try sync(parent(of: path))
    }

    /// Makes the entries of the folder durable: a rename is not before that (fsync(2)).
    package static func sync(_ path: String) throws(SystemError) {
        let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
        let number = folder.number
        try systemCall("syncing the folder '\(path)'") { fsync(number) }
    }

    /// The names in the folder, sorted, without `.` and `..`.
    package static func names(in path: String) throws(SystemError) -> [String] {
        guard let folder = unsafe opendir(path) else {
            throw SystemError(errno: errno, doing: "opening the folder '\(path)'")
        }
        defer { unsafe closedir(folder) }
        var names: [String] = []
        errno = 0
        while let entry = unsafe readdir(folder) {
            let name = unsafe withUnsafePointer(to: &entry.pointee.d_name) {
                unsafe $0.withMemoryRebound(to: CChar.self, capacity: 256) { unsafe String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
            errno = 0
        }
        guard errno == 0 else { throw SystemError(errno: errno, doing: "reading the folder '\(path)'") }
        return names.sorted()
    }

    /// Where a symbolic link leads, as it is written; nil for what is none or cannot be looked at.
    package static func target(ofLink path: String) -> String? {
        unsafe withUnsafeTemporaryAllocation(of: CChar.self, capacity: Int(PATH_MAX)) { buffer in
            guard let start = buffer.baseAddress else { return nil }
            let count = unsafe readlink(path, start, buffer.count)
            guard count >= 0 else { return nil }
            return unsafe String(decoding: UnsafeRawBufferPointer(buffer).prefix(count), as: UTF8.self)
        }
    }

    /// The folder in which the process is.
    package static var current: String {
        get throws(SystemError) {
            guard let path = unsafe getcwd(nil, 0) else {
                throw SystemError(errno: errno, doing: "finding the current folder")
            }
            defer { unsafe free(path) }
            return unsafe String(cString: path)
        }
    }

    static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
