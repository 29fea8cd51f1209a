// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NIOConcurrencyHelpers

/// Runs `body` in a task and waits for it.
///
/// For threads on which no task runs, the main thread and that of the reloads: a task that waited like this would
/// take the thread that `body` needs.
func blocking<Value: Sendable, Failure: Error>(
    _ body: @Sendable @escaping () async throws(Failure) -> Value
) throws(Failure) -> Value {
    let done = DispatchSemaphore(value: 0)
    let box = NIOLockedValueBox<Result<Value, Failure>?>(nil)
    Task {
        let result: Result<Value, Failure>
        do throws(Failure) { result = .success(try await body()) } catch { result = .failure(error) }
        box.withLockedValue { $0 = result }
        done.signal()
    }
    done.wait()
    guard let result = box.withLockedValue({ $0 }) else { preconditionFailure("signalled before the end") }
    return try result.get()
}
