// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Testing

/// Tests that block, or that calculate for long, run on threads that nobody else waits for.
///
/// Tasks share no more threads than the machine has processors. A test that blocks keeps one of them, and two such
/// tests keep every other test's calls from coming to their end in time.
package struct ThreadsOfTheirOwn: SuiteTrait, TestTrait, TestScoping {
    /// For tasks that block.
    package static var executor: any TaskExecutor { Threads.shared }

    package var isRecursive: Bool { true }

    package func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        try await withTaskExecutorPreference(Threads.shared, operation: function)
    }

    /// A thread for every piece of work, however long others take for theirs.
    private final class Threads: TaskExecutor {
        static let shared = Threads()

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            Thread.detachNewThread { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }
}

extension Trait where Self == ThreadsOfTheirOwn {
    package static var threadsOfTheirOwn: Self { ThreadsOfTheirOwn() }
}
