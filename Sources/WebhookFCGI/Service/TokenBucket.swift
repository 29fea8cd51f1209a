// SPDX-License-Identifier: Apache-2.0

import Config

/// How much of a rate is used up: one instant says it (the generic cell rate algorithm, which is a token bucket
/// without a tick).
struct TokenBucket {
    /// When the bucket is full again.
    private var full: ContinuousClock.Instant

    /// Begins full.
    init(at now: ContinuousClock.Instant) { full = now }

    /// Takes a token.
    ///
    /// - Returns: Nil, or how long it takes until there is one.
    mutating func take(_ limit: RateLimit, at now: ContinuousClock.Instant) -> Duration? {
        let next = max(full, now) + limit.rate.interval
        let excess = now.duration(to: next) - limit.rate.interval * limit.burst
        guard excess <= .zero else { return excess }
        full = next
        return nil
    }
}
