// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import NIOConcurrencyHelpers

/// How many evaluators' processes there are at once, of all mappings together: each may take much memory.
///
/// Those that have something to do come first. For a process that is needed one that idles is ended, and where none idles
/// mappings wait in their order. Those that waste their time have half of the places at most, so that the others get on.
final class EvaluatorPlaces: Sendable {
    /// With a few more that compile, what all mappings together can take is less than a gigabyte.
    static let shared = EvaluatorPlaces(limit: 4)

    private let limit: Int
    private let gate: CallGate
    private let wasters: CallGate
    private let state = NIOLockedValueBox(State())

    /// Compiling blocks a thread, and waits for this on it.
    private let compiling = DispatchSemaphore(value: 2)

    private struct State {
        var working = 0

        /// Those that may have a process without having anything to do, the one that was used last at the end.
        var idle: [Idle] = []
    }

    private struct Idle {
        weak var evaluator: Evaluator?
    }

    init(limit: Int) {
        self.limit = limit
        gate = CallGate(limit: limit)
        wasters = CallGate(limit: max(1, limit / 2))
    }

    /// Runs `body` when `evaluator` may have a process; nil when the task was cancelled before.
    func pass<Value: Sendable>(
        _ evaluator: Evaluator,
        isWaster: Bool = false,
        _ body: () async -> Value
    ) async -> Value? {
        guard isWaster else { return await enter(evaluator, body) }
        return await wasters.pass { await enter(evaluator, body) } ?? nil
    }

    private func enter<Value: Sendable>(_ evaluator: Evaluator, _ body: () async -> Value) async -> Value? {
        await gate.pass {
            for other in begin(evaluator) { await other.rest() }
            let value = await body()
            end(evaluator)
            return value
        }
    }

    /// Runs what compiles a mapping, and blocks until it may; its process is kept where there is room for it.
    ///
    /// The standard mapping, which is no stranger's and of which there is one, waits for nobody's.
    func compile<Value>(_ evaluator: Evaluator, isStandard: Bool = false, _ body: () -> Value) -> Value {
        if !isStandard { compiling.wait() }
        defer { if !isStandard { compiling.signal() } }
        let value = body()
        let isKept = state.withLockedValue { state in
            guard state.working + state.idle.count < limit else { return false }
            state.idle.append(Idle(evaluator: evaluator))
            return true
        }
        if !isKept { evaluator.restNow() }
        return value
    }

    /// Returns those whose processes have to end before.
    private func begin(_ evaluator: Evaluator) -> [Evaluator] {
        state.withLockedValue { state in
            state.idle.removeAll { $0.evaluator == nil || $0.evaluator === evaluator }
            state.working += 1
            let surplus = max(0, state.working + state.idle.count - limit)
            let ended = state.idle.prefix(surplus).compactMap(\.evaluator)
            state.idle.removeFirst(surplus)
            return ended
        }
    }

    private func end(_ evaluator: Evaluator) {
        state.withLockedValue { state in
            state.working -= 1
            state.idle.append(Idle(evaluator: evaluator))
        }
    }
}
