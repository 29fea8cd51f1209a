// SPDX-License-Identifier: Apache-2.0

internal import Dispatch

/// Runs `body` on a thread that is not one of the few that tasks have: it may block, for as long as it likes.
package func onThread<Value: Sendable>(_ body: @escaping @Sendable () -> Value) async -> Value {
    await withCheckedContinuation { continuation in
        // A queue of its own has a thread of its own; those of the shared queues are few, too.
        DispatchQueue(label: "webhook-fcgi.thread").async { continuation.resume(returning: body()) }
    }
}
