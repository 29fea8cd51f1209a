// SPDX-License-Identifier: Apache-2.0

/// How long to wait after a failed attempt: exponential, with full jitter, so that many targets that failed
/// together do not come back together.
package struct BackOff: Sendable {
    package static let shortest = Duration.milliseconds(500)
    package static let longest = Duration.seconds(300)

    /// The wait after the attempt number `attempts`, from 1; never less than the sink asked for.
    ///
    /// `jitter` is a random number from 0 to 1.
    package static func delay(
        afterAttempts attempts: Int,
        atLeast minimum: Duration? = nil,
        jitter: Double = .random(in: 0...1)
    ) -> Duration {
        let factor = 1 << min(max(attempts - 1, 0), 20)
        let ceiling = min(shortest * factor, longest)
        // Full jitter could mean at once: a tenth of the ceiling keeps it from being a busy loop.
        let delay = max(ceiling * jitter, ceiling / 10)
        return max(delay, minimum ?? .zero)
    }
}
