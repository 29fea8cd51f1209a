// SPDX-License-Identifier: Apache-2.0

/// How long to wait after a failed attempt: exponential, with full jitter, so that many that failed together do
/// not come back together.
package struct BackOff: Sendable {
    private let shortest: Duration
    private let longest: Duration

    /// Others may ask for more than anybody means; what is added to a time must not overflow either.
    package static let longestRequest = Duration.seconds(300)

    /// The first wait is `shortest` at most, later ones twice as long each, up to `longest`.
    package init(from shortest: Duration = .milliseconds(500), to longest: Duration) {
        (self.shortest, self.longest) = (shortest, longest)
    }

    /// The wait after the attempt number `attempts`, from 1; never less than the other side asked for.
    ///
    /// Of what it asked for ``longestRequest`` counts at most.
    /// `jitter` is a random number from 0 to 1.
    package func delay(
        afterAttempts attempts: Int,
        atLeast minimum: Duration? = nil,
        jitter: Double = .random(in: 0...1)
    ) -> Duration {
        let factor = 1 << min(max(attempts - 1, 0), 20)
        let ceiling = min(shortest * factor, longest)
        // Full jitter could mean at once: a tenth of the ceiling keeps it from being a busy loop.
        let delay = max(ceiling * jitter, ceiling / 10)
        return max(delay, min(minimum ?? .zero, Self.longestRequest))
    }
}
