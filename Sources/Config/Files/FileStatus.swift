// SPDX-License-Identifier: Apache-2.0

/// What the file system says about a path, symbolic links followed.
struct FileStatus: Sendable {
    let kind: Kind
    let identity: Identity
    let isReadableByOthers: Bool

    enum Kind: Sendable {
        case file
        case folder
        case other
    }

    /// The same for every path that leads to it.
    struct Identity: Sendable, Hashable {
        let device: UInt
        let inode: UInt
    }
}
