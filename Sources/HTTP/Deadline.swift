// SPDX-License-Identifier: Apache-2.0

package import NIOCore

/// A call took longer than it may.
package struct DeadlineExceeded: Error, CustomStringConvertible {
    package let timeout: Duration

    package var description: String { "no complete answer within \(timeout)" }
}

extension EventLoop {
    /// Runs `body`, and cancels it when it takes longer than `timeout`: then it throws ``DeadlineExceeded``.
    ///
    /// The HTTP client's own deadline ends with a reply's head; a server may stop in the middle of the body. The timer
    /// is the loop's, and goes with the call: a task's sleep is kept until its time is over, even when it is cancelled.
    package func withDeadline<Value: Sendable>(
        _ timeout: Duration,
        _ body: @concurrent @Sendable @escaping () async throws -> Value
    ) async throws -> Value {
        let deadline = ContinuousClock.now + timeout
        let work = Task(operation: body)
        let timer = scheduleTask(in: TimeAmount(timeout)) { work.cancel() }
        defer { timer.cancel() }
        do {
            return try await withTaskCancellationHandler {
                try await work.value
            } onCancel: {
                work.cancel()
            }
        } catch {
            guard deadline <= .now else { throw error }
            throw DeadlineExceeded(timeout: timeout)
        }
    }
}
