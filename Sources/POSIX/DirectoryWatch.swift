// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc

/// Folders of which the kernel tells what changes in them (inotify(7)), each by itself: not what is below.
package struct DirectoryWatch: ~Copyable {
    private let descriptor: Descriptor
    private var buffer = [UInt8](repeating: 0, count: 16_384)

    /// The same for every path that leads to a folder.
    package typealias Identifier = Int32

    /// What the kernel told.
    package enum Change: Sendable, Hashable {
        /// An entry has come, gone or changed.
        case entry(in: Identifier, named: String)

        /// The folder is no longer watched, because it is gone.
        case gone(Identifier)

        /// Anything: there was more than the kernel keeps.
        case unknown
    }

    package init() throws(SystemError) {
        descriptor = Descriptor(owning: try systemCall("making an inotify instance") { clinux_inotify() })
    }

    /// Watches the folder at `path`; once is enough, for it returns what it returned before.
    ///
    /// Without `contents` it is told what comes and goes, and not what is written into it.
    package borrowing func add(_ path: String, contents: Bool) throws(SystemError) -> Identifier {
        let number = descriptor.number
        return try systemCall("watching the folder '\(path)'") {
            unsafe clinux_watch_folder(number, path, contents ? 1 : 0)
        }
    }

    /// Ends it; nothing happens where that was over already.
    package borrowing func remove(_ identifier: Identifier) {
        inotify_rm_watch(descriptor.number, identifier)
    }

    /// Whatever has been told since, without waiting.
    package mutating func changes() throws(SystemError) -> [Change] {
        var changes: [Change] = []
        while true {
            let number = descriptor.number
            do throws(SystemError) {
                let count = try systemCall("reading what has changed") {
                    unsafe read(number, &buffer, buffer.count)
                }
                append(buffer[..<count], to: &changes)
            } catch let error where error.errno == EAGAIN {
                return changes
            }
        }
    }

    /// Waits until there is something to read or `wakeUp` rings, at most for `limit`.
    ///
    /// - Returns: Whether `wakeUp` has rung.
    package mutating func wait(or wakeUp: WakeUp, atMost limit: Duration) throws(SystemError) -> Bool {
        try wakeUp.wait(or: descriptor.number, atMost: limit)
    }

    /// Takes apart `struct inotify_event`: watch, mask, cookie, length of the name, and the name with NULs after it.
    private func append(_ bytes: ArraySlice<UInt8>, to changes: inout [Change]) {
        var rest = bytes
        while rest.count >= 16 {
            let head = rest.prefix(16)
            let (watch, mask) = (Int32(bitPattern: head.word(0)), head.word(1))
            let name = rest.dropFirst(16).prefix(Int(head.word(3)))
            rest = rest.dropFirst(16 + name.count)
            if mask & clinux_in_overflow != 0 {
                changes.append(.unknown)
            } else if mask & clinux_in_ignored != 0 {
                changes.append(.gone(watch))
            } else {
                changes.append(
                    .entry(in: watch, named: String(decoding: name.prefix { $0 != 0 }, as: UTF8.self))
                )
            }
        }
    }
}

extension ArraySlice<UInt8> {
    /// The 32-bit number at this place, in the machine's order.
    fileprivate func word(_ index: Int) -> UInt32 {
        unsafe withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: 4 * index, as: UInt32.self) }
    }
}
