// SPDX-License-Identifier: Apache-2.0

/// Who subscribes to what an event names, and what each says to it.
package struct Match: Sendable {
    package let event: Event

    /// Ordered by target.
    ///
    /// A Warehouse is there once for every subscription of it that was looked at.
    package let considerations: [Consideration]

    /// A subscription and what it says to a push.
    package struct Consideration: Sendable {
        package let subscription: Subscription

        /// Which of the event's pushes.
        package let pushIndex: Int

        /// Nil when the subscription takes what the push brings.
        package let refusal: Refusal?

        init(_ subscription: Subscription, _ pushIndex: Int, _ refusal: Refusal?) {
            self.subscription = subscription
            self.pushIndex = pushIndex
            self.refusal = refusal
        }
    }

    /// The Warehouses to refresh, each once, in order.
    package var targets: [Target] {
        var targets: [Target] = []
        for consideration in considerations where consideration.refusal == nil {
            let target = consideration.subscription.target
            if targets.last != target { targets.append(target) }
        }
        return targets
    }
}
