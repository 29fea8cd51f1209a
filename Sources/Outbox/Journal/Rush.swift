// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Whether deliveries come so fast that nobody can read the log as they come.
struct Rush {
    /// From so many a hundred milliseconds on.
    let least: Int
    private var (window, current, previous) = (Int64(0), 0, 0)

    /// 320 a second: far more than a company's registries send.
    init(from least: Int = 32) { self.least = least }

    /// Takes note of a turn's deliveries, and says whether there is a rush.
    mutating func isOn(with count: Int, at now: Timestamp) -> Bool {
        let window = now.microseconds / 100_000
        if window != self.window {
            previous = window == self.window + 1 ? current : 0
            (self.window, current) = (window, 0)
        }
        current += count
        return max(current, previous) >= least
    }
}
