// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import NIOConcurrencyHelpers
package import POSIX
package import Subscriptions

/// Writes a refresh as a partial manifest that `kubectl apply --server-side -R -f` takes:
/// `<directory>/<namespace>/warehouses/<name>.yaml`.
///
/// Any number of processes can share the directory. A file is written beside its place, synced, renamed and
/// its folder synced, so a reader never sees half of one. The files of a batch share these steps.
package final class FileSink: Sink {
    private let directory: String
    private let clock: @Sendable () -> Timestamp

    /// The newest token of this process: tokens go on increasing when a file is taken away meanwhile.
    private let newestToken = NIOLockedValueBox(Timestamp(microseconds: 0))

    /// How long to wait for another process, which holds the lock for the time of a few fsyncs.
    private static let lockTimeout = Duration.seconds(5)

    /// From this many files on, one syncfs(2) is cheaper than an fdatasync(2) of each.
    private static let syncfsThreshold = 16

    /// Touches nothing yet: `directory` is made when it is needed.
    ///
    /// `clock` is there for tests.
    package init(directory: String, clock: @escaping @Sendable () -> Timestamp = { Timestamp.now() }) {
        self.directory = directory
        self.clock = clock
    }

    package func checkWritable() throws(SinkError) { _ = try takeLock() }

    package func refresh(_ targets: Set<Target>) -> [Target: SinkError] {
        var batch = Batch()
        for target in targets.sorted() {
            do { batch.files.append(try RefreshFile(target, in: directory)) } catch {
                batch.failures[target] = error
            }
        }
        do throws(SinkError) {
            let lock = try takeLock()
            let syncsEach = batch.files.count < Self.syncfsThreshold
            batch.each { file throws(SystemError) in
                try file.write(nextToken(after: try file.currentToken()), sync: syncsEach)
            }
            if !syncsEach { try sync(lock) }
            batch.each { file throws(SystemError) in try file.replace() }
            batch.eachFolder { folder throws(SystemError) in try Folder.sync(folder) }
        } catch {
            batch.failAll(error)
        }
        return batch.failures
    }

    /// Greater than `current`, than every token of this process, and no earlier than now.
    private func nextToken(after current: Timestamp?) -> Timestamp {
        newestToken.withLockedValue { newest in
            let floor = max(newest, current ?? newest)
            newest = max(clock(), Timestamp(microseconds: floor.microseconds + 1))
            return newest
        }
    }

    /// Keeps other processes, and other loops of this one, from writing until the descriptor is closed;
    /// the kernel closes that of a process that is killed.
    private func takeLock() throws(SinkError) -> Descriptor {
        let deadline = ContinuousClock.now + Self.lockTimeout
        do throws(SystemError) {
            try Folder.make(directory)
            let lock = try Descriptor(opening: lockPath, O_RDWR | O_CREAT, mode: 0o644)
            while try !tryLock(lock), ContinuousClock.now < deadline { usleep(200) }
            if ContinuousClock.now < deadline { return lock }
        } catch {
            throw SinkError(error)
        }
        throw SinkError(
            .busy,
            "'\(lockPath)' has been locked by another process for \(Self.lockTimeout): "
                + "find it with fuser(1) and end it"
        )
    }

    private func tryLock(_ lock: borrowing Descriptor) throws(SystemError) -> Bool {
        let number = lock.number
        do throws(SystemError) {
            try systemCall("locking '\(lockPath)'") { flock(number, LOCK_EX | LOCK_NB) }
            return true
        } catch let error where error.errno == EWOULDBLOCK {
            return false
        }
    }

    private var lockPath: String { "\(directory)/.lock" }

    private func sync(_ lock: borrowing Descriptor) throws(SinkError) {
        let number = lock.number
        do throws(SystemError) {
            try systemCall("syncing '\(directory)'") { clinux_syncfs(number) }
        } catch {
            throw SinkError(error)
        }
    }
}

/// The files of one call on their way; one that fails a step takes no further ones.
private struct Batch {
    var files: [RefreshFile] = []
    var failures: [Target: SinkError] = [:]

    mutating func each(_ step: (RefreshFile) throws(SystemError) -> Void) {
        for file in files {
            do throws(SystemError) { try step(file) } catch { fail(file, SinkError(error)) }
        }
        files.removeAll { failures[$0.target] != nil }
    }

    /// Once for every folder; where it fails, all files in it have failed.
    mutating func eachFolder(_ step: (String) throws(SystemError) -> Void) {
        for (folder, files) in Dictionary(grouping: files, by: \.folder) {
            do throws(SystemError) { try step(folder) } catch {
                for file in files { fail(file, SinkError(error)) }
            }
        }
    }

    mutating func failAll(_ error: SinkError) {
        for file in files { fail(file, error) }
    }

    private mutating func fail(_ file: RefreshFile, _ error: SinkError) {
        file.discard()
        failures[file.target] = error
    }
}
