// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import POSIX
import Subscriptions

/// Deliveries whose sender waits a moment to learn that the refreshes have happened.
final class Confirmations: Sendable {
    private struct Waiting {
        var refreshes: Set<Refresh>
        let answer: @Sendable (_ isRefreshed: Bool) -> Void
        /// By then the sender has been told that the refreshes are accepted.
        let deadline: ContinuousClock.Instant
    }

    /// Rings when somebody begins to wait.
    let newcomer = Doorbell()

    private let waiting = NIOLockedValueBox<[Waiting]>([])

    /// Calls `answer` once all `refreshes` have happened, or one is known never to, unless that takes longer than
    /// `timeout`.
    func wait(
        for refreshes: [Refresh],
        timeout: Duration,
        answer: @escaping @Sendable (_ isRefreshed: Bool) -> Void
    ) {
        let entry = Waiting(refreshes: Set(refreshes), answer: answer, deadline: .now + timeout)
        waiting.withLockedValue { $0.append(entry) }
        newcomer.ring()
    }

    /// What is waited for, without what nobody waits for any more.
    var awaited: [Refresh] {
        let now = ContinuousClock.now
        return waiting.withLockedValue { waiting in
            waiting.removeAll { $0.deadline <= now }
            return Array(Set(waiting.lazy.flatMap(\.refreshes)))
        }
    }

    /// Takes note of refreshes that need no waiting for any more.
    func settle(_ refreshes: some Sequence<Refresh>) {
        let settled = Set(refreshes)
        let confirmed = waiting.withLockedValue { waiting in
            for index in waiting.indices { waiting[index].refreshes.subtract(settled) }
            let confirmed = waiting.filter(\.refreshes.isEmpty)
            waiting.removeAll(where: \.refreshes.isEmpty)
            return confirmed
        }
        for entry in confirmed { entry.answer(true) }
    }

    /// Takes note of refreshes that will not happen: nobody waits for them any longer.
    func giveUp(_ refreshes: some Sequence<Refresh>) {
        let lost = Set(refreshes)
        let disappointed = waiting.withLockedValue { waiting in
            let disappointed = waiting.filter { !$0.refreshes.isDisjoint(with: lost) }
            waiting.removeAll { !$0.refreshes.isDisjoint(with: lost) }
            return disappointed
        }
        for entry in disappointed { entry.answer(false) }
    }
}
