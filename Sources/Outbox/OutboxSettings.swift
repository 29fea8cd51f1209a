// SPDX-License-Identifier: Apache-2.0

/// What an operator decides about the outbox and the delivery log.
package struct OutboxSettings: Sendable, Equatable {
    /// A target is refreshed at most once in this time; zero for no limit.
    package var minimumInterval: Duration

    /// A repetition of a delivery is recognised for this long.
    package var repetitionWindow: Duration

    /// How many deliveries the log keeps, and for how long at most.
    package var keptDeliveries: Int
    package var keptFor: Duration

    package init(
        minimumInterval: Duration = .seconds(1),
        repetitionWindow: Duration = .seconds(600),
        keptDeliveries: Int = 10_000,
        keptFor: Duration = .seconds(14 * 86_400)
    ) {
        self.minimumInterval = minimumInterval
        self.repetitionWindow = repetitionWindow
        self.keptDeliveries = keptDeliveries
        self.keptFor = keptFor
    }
}
