// SPDX-License-Identifier: Apache-2.0

import Foundation
import POSIX
import TestSupport
import Testing

@Suite struct FileLockTests {
    private let folder: TemporaryFolder
    private var path: String { "\(folder.path)/lock" }

    init() throws { folder = try TemporaryFolder() }

    private func isFree(within timeout: Duration = .zero) throws -> Bool {
        guard let lock = try FileLock(at: path, mode: 0o600, within: timeout) else { return false }
        lock.release()
        return true
    }

    @Test func `One holds it at a time, and another one when it lets go`() throws {
        let lock = try FileLock(at: path, mode: 0o600)
        for _ in 0..<3 {
            let isFree = try isFree()
            #expect(!isFree)
        }
        lock?.release()
        let isFree = try isFree()
        #expect(isFree)
    }

    @Test func `Whoever waits gets it once it is free, and nobody waits for ever`() async throws {
        let holder = try FileLock(at: path, mode: 0o600)
        let isFree = try isFree(within: .milliseconds(1))
        #expect(!isFree)
        let path = path
        let waiter = Task.detached {
            guard let lock = try FileLock(at: path, mode: 0o600, within: .seconds(60)) else { return false }
            lock.release()
            return true
        }
        // Once for the holder, once for who waits.
        try await waitUntil("another one waits") { openCount(of: path) == 2 }
        holder?.release()
        let isTaken = try await waiter.value
        #expect(isTaken)
    }

    /// How often this process has the file at `path` open.
    private func openCount(of path: String) -> Int {
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")) ?? []
        return descriptors.count {
            (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\($0)")) == path
        }
    }
}
