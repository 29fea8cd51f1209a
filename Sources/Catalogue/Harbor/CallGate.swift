// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// Lets so many calls through at the same time; the others wait in their order.
final class CallGate: Sendable {
    private let state: NIOLockedValueBox<State>

    private struct State {
        var free: Int
        var waiting: [(number: Int, continuation: CheckedContinuation<Bool, Never>)] = []
        var next = 0
    }

    init(limit: Int) { state = NIOLockedValueBox(State(free: limit)) }

    /// Runs `body` when it is its turn; nil when the task was cancelled before.
    func pass<Value: Sendable>(_ body: () async -> Value) async -> Value? {
        guard await enter() else { return nil }
        defer { leave() }
        return await body()
    }

    private func enter() async -> Bool {
        let number = state.withLockedValue { state in
            state.next += 1
            return state.next
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThrough: Bool? = state.withLockedValue { state in
                    guard !Task.isCancelled else { return false }
                    guard state.free == 0 else {
                        state.free -= 1
                        return true
                    }
                    state.waiting.append((number, continuation))
                    return nil
                }
                if let isThrough { continuation.resume(returning: isThrough) }
            }
        } onCancel: {
            let continuation = state.withLockedValue { state in
                state.waiting.firstIndex { $0.number == number }.map {
                    state.waiting.remove(at: $0).continuation
                }
            }
            continuation?.resume(returning: false)
        }
    }

    private func leave() {
        let continuation: CheckedContinuation<Bool, Never>? = state.withLockedValue { state in
            guard !state.waiting.isEmpty else {
                state.free += 1
                return nil
            }
            return state.waiting.removeFirst().continuation
        }
        continuation?.resume(returning: true)
    }
}
