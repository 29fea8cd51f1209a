// SPDX-License-Identifier: Apache-2.0

/// How many deliveries are taken in the long run, and how many at once.
package struct RateLimit: Sendable, Equatable {
    package let rate: Rate

    /// So many may come together after a pause.
    package let burst: Int

    /// A number in a time.
    package struct Rate: Sendable, Equatable {
        package let count: Int
        package let period: Duration

        /// From one to the next.
        package var interval: Duration { period / count }

        package init(count: Int, in period: Duration) {
            (self.count, self.period) = (count, period)
        }
    }

    /// Without a `burst`, as many as the rate names.
    package init(rate: Rate, burst: Int? = nil) {
        self.rate = rate
        self.burst = burst ?? rate.count
    }
}
