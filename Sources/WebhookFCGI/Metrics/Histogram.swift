// SPDX-License-Identifier: Apache-2.0

/// How often something took how long, or was how many.
struct Histogram: Sendable {
    /// The largest value of each bucket but the last, which has no end.
    let bounds: [Int]

    /// One for each bucket, and then the sum.
    let tally = Tally()

    /// For durations, in nanoseconds: from half a millisecond to ten seconds.
    static var ofDurations: Self {
        Histogram(
            bounds: [5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10_000, 25_000, 50_000, 100_000]
                .map { $0 * 100_000 }
        )
    }

    /// For numbers of deliveries.
    static var ofNumbers: Self { Histogram(bounds: [1, 2, 4, 8, 16, 32, 64, 128, 256]) }

    func observe(_ value: Int) {
        var bucket = 0
        while bucket < bounds.count, value > bounds[bucket] { bucket += 1 }
        tally.add(at: bucket)
        tally.add(value, at: bounds.count + 1)
    }

    func observe(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        observe(Int(seconds) * 1_000_000_000 + Int(attoseconds / 1_000_000_000))
    }
}
