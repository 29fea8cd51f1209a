// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import POSIX

/// A file of a journal: frames one after the other, until another use of it begins.
///
/// Whoever has it open holds its lock: what nobody holds was left by a process that was killed.
final class JournalFile: Sendable {
    let path: String
    private let lock: FileLock

    /// Nil when another process has it.
    init?(at path: String) throws(SystemError) {
        guard let lock = try FileLock(at: path, mode: 0o600), try lock.isOfFile(at: path) else { return nil }
        self.path = path
        self.lock = lock
    }

    /// Writes `bytes` at `offset`; they are durable after ``sync()``.
    func write(_ bytes: ArraySlice<UInt8>, at offset: Int64) throws(SystemError) {
        let number = lock.descriptor
        var written = 0
        while written < bytes.count {
            written += try systemCall("writing '\(path)'") {
                unsafe bytes.withUnsafeBytes { buffer in
                    let rest = unsafe UnsafeRawBufferPointer(rebasing: buffer[written...])
                    return unsafe pwrite(number, rest.baseAddress, rest.count, off_t(offset) + off_t(written))
                }
            }
        }
    }

    /// How many bytes it has, used or not.
    func size() throws(SystemError) -> Int64 {
        let number = lock.descriptor
        return Int64(try systemCall("looking at '\(path)'") { lseek(number, 0, SEEK_END) })
    }

    func sync() throws(SystemError) {
        let number = lock.descriptor
        try systemCall("syncing '\(path)'") { fdatasync(number) }
    }

    /// Reads at most `count` bytes at `offset`, none behind the end.
    func read(_ count: Int, at offset: Int64) throws(SystemError) -> [UInt8] {
        let number = lock.descriptor
        var bytes = [UInt8](repeating: 0, count: count)
        let read = try systemCall("reading '\(path)'") {
            unsafe bytes.withUnsafeMutableBytes { unsafe pread(number, $0.baseAddress, count, off_t(offset)) }
        }
        bytes.removeLast(count - read)
        return bytes
    }

    /// Cuts off what was written behind `end`, as far as that goes.
    func cut(at end: Int64) { _ = ftruncate(lock.descriptor, off_t(end)) }

    /// Begins a use of it, in which nothing is yet.
    ///
    /// The file stays as long as it is: to write over what is there costs a disk half of what it costs to make a file longer.
    func begin(_ epoch: Int64) throws(SystemError) {
        var bytes: [UInt8] = []
        Frame.appendEnd(to: &bytes, epoch)
        try write(bytes[...], at: 0)
    }

    /// Cuts off what was written behind the entries, and says that they end there.
    func end(_ epoch: Int64, at end: Int64) {
        cut(at: end)
        var bytes: [UInt8] = []
        Frame.appendEnd(to: &bytes, epoch)
        // Where that does not work the file's end is theirs.
        try? write(bytes[...], at: end)
    }

    /// Forgets what is in it, durably: a file that is left by a process that was killed is made rows of.
    func empty() throws(SystemError) {
        try begin(0)
        try sync()
    }

    /// Removes the file; nobody else may have the name meanwhile, for the lock is held.
    func remove() { unsafe unlink(path) }

    /// Gives the file a name under which nobody looks for it, and returns that.
    func setAside() throws(SystemError) -> String {
        let name = path.split(separator: "/").last.map(String.init) ?? ""
        let aside = "\(path.dropLast(name.count))damaged-\(name)"
        try systemCall("renaming '\(path)' to '\(aside)'") { unsafe rename(path, aside) }
        return aside
    }
}
