// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// What the file system says about a path, symbolic links followed.
package struct FileStatus: Sendable {
    package let kind: Kind
    package let identity: Identity

    /// Another one after every change, except for one within a tick of the clock of the one before.
    package let version: Version

    /// In bytes.
    package let size: Int

    /// By every user of the machine.
    package let isReadableByOthers: Bool

    private let user: uid_t

    package enum Kind: Sendable {
        case file
        case folder
        /// A device, a socket or a pipe, from which reading might never end.
        case other
    }

    /// The same for every path that leads to it.
    package struct Identity: Sendable, Hashable {
        let device: dev_t
        let inode: ino_t
    }

    /// The name of the user whose it is, or the number where that has none; for a command, which has one thread.
    package var owner: String {
        unsafe getpwuid(user).map { unsafe String(cString: $0.pointee.pw_name) } ?? "\(user)"
    }

    /// Which file, and which of its states.
    package struct Version: Sendable, Hashable {
        private let identity: Identity
        private let size: Int
        private let times: [Int]

        fileprivate init(_ identity: Identity, _ status: stat) {
            self.identity = identity
            size = Int(status.st_size)
            times = [
                status.st_mtim.tv_sec, status.st_mtim.tv_nsec, status.st_ctim.tv_sec, status.st_ctim.tv_nsec,
            ]
        }
    }

    package init(of path: String) throws(SystemError) {
        var status = stat()
        try systemCall("looking at '\(path)'") { unsafe stat(path, &status) }
        self.init(status)
    }

    /// Of an open file; `path` is for the error.
    package init(of descriptor: borrowing Descriptor, at path: String) throws(SystemError) {
        var status = stat()
        let number = descriptor.number
        try systemCall("looking at '\(path)'") { unsafe fstat(number, &status) }
        self.init(status)
    }

    private init(_ status: stat) {
        kind =
            switch status.st_mode & S_IFMT {
            case S_IFREG: .file
            case S_IFDIR: .folder
            default: .other
            }
        identity = Identity(device: status.st_dev, inode: status.st_ino)
        version = Version(identity, status)
        size = Int(status.st_size)
        user = status.st_uid
        isReadableByOthers = status.st_mode & S_IROTH != 0
    }
}
