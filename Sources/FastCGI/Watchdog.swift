// SPDX-License-Identifier: Apache-2.0

internal import Dispatch
internal import Glibc
internal import NIOConcurrencyHelpers

/// Cuts off a peer that does not get to the end of its request.
///
/// Reading a body blocks, and the receive time-out begins anew with every byte; nothing but another thread
/// can tell that it has been too long. That one sleeps while nothing is read, and looks once in a second otherwise.
final class Watchdog: Sendable {
    private let state = NIOLockedValueBox(State())
    private let queue = DispatchQueue(label: "webhook-fcgi.watchdog")

    private struct State {
        var reading: (descriptor: Int32, deadline: ContinuousClock.Instant)?
        var isScheduled = false
    }

    /// Lets `read` take so long; past that its descriptor has nothing more to read.
    func limit<Value>(_ descriptor: Int32, to time: Duration, _ read: () -> Value) -> Value {
        let deadline = ContinuousClock.now + time
        state.withLockedValue { state in
            state.reading = (descriptor, deadline)
            if !state.isScheduled { schedule(&state, after: time) }
        }
        defer { state.withLockedValue { $0.reading = nil } }
        return read()
    }

    /// Sleeps, because a timer of Dispatch's needs a descriptor, and ends the process where there is none left.
    private func schedule(_ state: inout State, after time: Duration) {
        state.isScheduled = true
        let (seconds, attoseconds) = time.components
        let microseconds = seconds * 1_000_000 + attoseconds / 1_000_000_000_000
        queue.async {
            usleep(UInt32(clamping: microseconds + 1))
            self.look()
        }
    }

    /// Under the lock, so that the descriptor is not another connection's by now.
    private func look() {
        state.withLockedValue { state in
            state.isScheduled = false
            guard let (descriptor, deadline) = state.reading else { return }
            let rest = ContinuousClock.now.duration(to: deadline)
            if rest > .zero { return schedule(&state, after: rest) }
            shutdown(descriptor, Int32(SHUT_RD))
            state.reading = nil
        }
    }
}
