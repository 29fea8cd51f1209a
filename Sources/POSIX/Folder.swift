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
            try systemCall("making the folder '\(path)'") { unsafe mkdir(path, 0o755) }
        }
        try sync(parent(of: path))
    }

    /// Makes the entries of the folder durable: a rename is not before that (fsync(2)).
    package static func sync(_ path: String) throws(SystemError) {
        let folder = try Descriptor(opening: path, O_RDONLY | O_DIRECTORY)
        let number = folder.number
        try systemCall("syncing the folder '\(path)'") { fsync(number) }
    }

    private static func parent(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}
