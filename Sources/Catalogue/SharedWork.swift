// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// Work for which several may wait; it is cancelled when none of them does any more.
final class SharedWork<Value: Sendable>: Sendable {
    private let task: Task<Value, Never>
    private let state = NIOLockedValueBox(State())

    private struct State {
        var waiting = 0
        var isGivenUp = false
    }

    init(_ body: @escaping @Sendable () async -> Value) { task = Task { await body() } }

    /// What comes of it; nil where all who waited for it had given it up before.
    var value: Value? {
        get async {
            let isGivenUp = state.withLockedValue { state in
                if !state.isGivenUp { state.waiting += 1 }
                return state.isGivenUp
            }
            guard !isGivenUp else { return nil }
            return await withTaskCancellationHandler {
                await task.value
            } onCancel: {
                leave()
            }
        }
    }

    private func leave() {
        let isLast = state.withLockedValue { state in
            state.waiting -= 1
            state.isGivenUp = state.waiting == 0
            return state.isGivenUp
        }
        if isLast { task.cancel() }
    }
}
