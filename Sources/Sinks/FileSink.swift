// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Dispatch
internal import Glibc
internal import POSIX
package import Subscriptions

/// Writes a refresh as a partial manifest that `kubectl apply --server-side -R -f` takes:
/// `<directory>/<namespace>/warehouses/<name>.yaml`.
///
/// Any number of processes can share the directory. A file is written beside its place, synced, exchanged with the
/// one that is there and its folder synced, so a reader never sees half of one. The files of a batch share the syncs.
package final class FileSink: Sink {
    package let kind = SinkKind.file
    package let batchSize = 1024
    package let concurrentBatches = 1

    private let directory: String

    /// Where the steps block: a task must not, there are as few threads for tasks as there are cores.
    private let queue = DispatchQueue(label: "webhook-fcgi.file-sink")

    /// How long to wait for another process, which holds the lock for the time of a few fsyncs.
    private static let lockTimeout = Duration.seconds(5)

    /// From this many files on, two syncfs(2) are cheaper than an fsync(2) of each and its folder.
    private static let syncfsThreshold = 16

    /// Touches nothing yet: `directory` is made when it is needed.
    package init(directory: String) { self.directory = directory }

    /// Takes the lock, which is in the directory: all targets are alike.
    package func check(_ example: Target?) async throws(SinkError) {
        let result = await withCheckedContinuation { continuation in
            queue.async {
                continuation.resume(returning: Result { () throws(SinkError) in _ = try self.takeLock() })
            }
        }
        try result.get()
    }

    package func deliver(_ refreshes: [Refresh]) async -> [Refresh: SinkError] {
        await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: self.write(refreshes)) }
        }
    }

    private func write(_ refreshes: [Refresh]) -> [Refresh: SinkError] {
        do throws(SinkError) {
            return write(refreshes, holding: try takeLock())
        } catch {
            // Whoever holds the lock is writing, maybe these very files: nothing is touched.
            return Dictionary(refreshes.map { ($0, error) }) { first, _ in first }
        }
    }

    private func write(_ refreshes: [Refresh], holding lock: borrowing FileLock) -> [Refresh: SinkError] {
        var batch = Batch()
        for refresh in refreshes {
            do { batch.files.append(try RefreshFile(refresh, in: directory)) } catch {
                batch.failures[refresh] = error
            }
        }
        let syncsEach = batch.files.count < Self.syncfsThreshold
        batch.each { file throws(SystemError) in try file.write(sync: syncsEach) }
        if !syncsEach { batch.all { () throws(SystemError) in try sync(lock) } }
        batch.each { file throws(SystemError) in try file.replace() }
        if syncsEach {
            batch.eachFolder { folder throws(SystemError) in try Folder.sync(folder) }
        } else {
            batch.all { () throws(SystemError) in try sync(lock) }
        }
        return batch.failures
    }

    /// Keeps other processes, and other loops of this one, from writing.
    private func takeLock() throws(SinkError) -> FileLock {
        do throws(SystemError) {
            try Folder.make(directory)
            if let lock = try FileLock(at: lockPath, mode: 0o644, within: Self.lockTimeout) { return lock }
        } catch {
            throw SinkError(error)
        }
        throw SinkError(
            .busy,
            "'\(lockPath)' has been locked by another process for \(Self.lockTimeout): "
                + "find it with fuser(1) and end it"
        )
    }

    private var lockPath: String { "\(directory)/.lock" }

    private func sync(_ lock: borrowing FileLock) throws(SystemError) {
        let number = lock.descriptor
        try systemCall("syncing '\(directory)'") { clinux_syncfs(number) }
    }
}

/// The files of one call on their way; one that fails a step takes no further ones.
private struct Batch {
    var files: [RefreshFile] = []
    var failures: [Refresh: SinkError] = [:]

    mutating func each(_ step: (RefreshFile) throws(SystemError) -> Void) {
        for file in files {
            do throws(SystemError) { try step(file) } catch { fail(file, SinkError(error)) }
        }
        files.removeAll { failures[$0.refresh] != nil }
    }

    /// Once for every folder; where it fails, all files in it have failed.
    mutating func eachFolder(_ step: (String) throws(SystemError) -> Void) {
        for (folder, files) in Dictionary(grouping: files, by: \.folder) {
            do throws(SystemError) { try step(folder) } catch {
                for file in files { fail(file, SinkError(error)) }
            }
        }
    }

    /// Once for all; where it fails, all have failed.
    mutating func all(_ step: () throws(SystemError) -> Void) {
        do throws(SystemError) { try step() } catch {
            for file in files { fail(file, SinkError(error)) }
            files = []
        }
    }

    private mutating func fail(_ file: RefreshFile, _ error: SinkError) {
        file.discard()
        failures[file.refresh] = error
    }
}
