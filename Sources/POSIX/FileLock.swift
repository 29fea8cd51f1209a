// SPDX-License-Identifier: Apache-2.0

package import Glibc

/// A lock that processes share by the name of a file (flock(2)), held until the end of this value's life.
///
/// The kernel takes it from a process that is killed.
package struct FileLock: ~Copyable {
    private let file: Descriptor

    /// Opens or makes the file at `path`; nil when another one holds the lock for longer than `timeout`.
    package init?(at path: String, mode: mode_t, within timeout: Duration = .zero) throws(SystemError) {
        let file = try Descriptor(opening: path, O_RDWR | O_CREAT, mode: mode)
        let deadline = ContinuousClock.now + timeout
        while try !Self.lock(file.number, path) {
            guard ContinuousClock.now < deadline else { return nil }
            usleep(200)
        }
        self.file = file
    }

    /// A descriptor on the file's own file system.
    package var descriptor: Int32 { file.number }

    /// Whether the file is still the one at `path`: whoever had the lock before may have removed it.
    package borrowing func isOfFile(at path: String) throws(SystemError) -> Bool {
        let identity = try FileStatus(of: file, at: path).identity
        do throws(SystemError) { return try FileStatus(of: path).identity == identity } catch let error
            where error.errno == ENOENT
        { return false }
    }

    /// Lets another one have it, here rather than wherever the value's last use is.
    package consuming func release() {}

    /// Whether somebody holds the lock of the file at `path`, which is not made for that.
    package static func isHeld(at path: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            let file = try Descriptor(opening: path, O_RDONLY)
            let number = file.number
            try systemCall("locking '\(path)'") { flock(number, LOCK_SH | LOCK_NB) }
            return false
        } catch let error where error.errno == EWOULDBLOCK {
            return true
        } catch let error where error.errno == ENOENT {
            return false
        }
    }

    private static func lock(_ number: Int32, _ path: String) throws(SystemError) -> Bool {
        do throws(SystemError) {
            try systemCall("locking '\(path)'") { flock(number, LOCK_EX | LOCK_NB) }
            return true
        } catch let error where error.errno == EWOULDBLOCK {
            return false
        }
    }
}
