// SPDX-License-Identifier: Apache-2.0

/// How long something will take that has come so far in so long a time.
struct ProgressEstimate {
    private let start: ContinuousClock.Instant

    /// What it had done before it began to be watched.
    private var first: Double?

    init(from start: ContinuousClock.Instant) { self.start = start }

    /// What is left, where `fraction` from 0 to 1 is done; nil while too little is known to tell.
    mutating func left(_ fraction: Double?, at now: ContinuousClock.Instant) -> Duration? {
        guard let fraction else { return nil }
        guard let first else {
            self.first = fraction
            return nil
        }
        let (done, time) = (fraction - first, now - start)
        guard done >= 0.01, time >= .seconds(2) else { return nil }
        return time * ((1 - fraction) / done)
    }
}
