// SPDX-License-Identifier: Apache-2.0

import Glibc

/// Measured times in order.
struct Samples {
    private let times: [Double]

    init(_ times: [Double]) { self.times = times.sorted() }

    var count: Int { times.count }

    /// The time below which `share` of all are.
    func quantile(_ share: Double) -> Double { times[min(count - 1, Int(Double(count) * share))] }

    /// Welch's t: by how many standard errors the means differ, however different the variances.
    static func t(_ left: Self, _ right: Self) -> Double { t(left.times[...], right.times[...]) }

    /// The largest after leaving out the slowest, at a hundred limits: an interrupt hides what a few nanoseconds tell.
    ///
    /// The limits are dudect's, closer to each other where most times are.
    static func largestT(_ left: Self, _ right: Self) -> Double {
        let both = Samples(left.times + right.times)
        let limits = (1...100).map { both.quantile(1 - pow(0.5, 10 * Double($0) / 100)) } + [.infinity]
        return limits.map { limit in
            let (left, right) = (left.times.prefix { $0 <= limit }, right.times.prefix { $0 <= limit })
            return min(left.count, right.count) < 1000 ? 0 : t(left, right).magnitude
        }.max() ?? 0
    }

    private static func t(_ left: ArraySlice<Double>, _ right: ArraySlice<Double>) -> Double {
        let (leftMean, leftError) = meanAndError(left)
        let (rightMean, rightError) = meanAndError(right)
        let error = (leftError + rightError).squareRoot()
        return error == 0 ? 0 : (leftMean - rightMean) / error
    }

    /// The mean, and the square of its standard error.
    private static func meanAndError(_ times: ArraySlice<Double>) -> (Double, Double) {
        let count = Double(times.count)
        let mean = times.reduce(0, +) / count
        let squares = times.reduce(0) { $0 + ($1 - mean) * ($1 - mean) }
        return (mean, squares / (count - 1) / count)
    }
}
