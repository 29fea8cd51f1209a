// SPDX-License-Identifier: Apache-2.0

/// What does not work and is tried again and again: worth a line when it begins, when it becomes another, and
/// ever more rarely while it lasts.
struct Trouble {
    private var last: Told?

    /// How long the first line stands alone; a time twice as long follows each line, up to `longestSilence`.
    static let firstSilence = Duration.seconds(60)

    static let longestSilence = Duration.seconds(3600)

    /// What has been told of it.
    private struct Told {
        let error: String
        let time: ContinuousClock.Instant
        var silence = Trouble.firstSilence
    }

    /// Takes note of it.
    ///
    /// - Returns: Whether it is worth a line.
    mutating func isNews(_ error: String, at now: ContinuousClock.Instant = .now) -> Bool {
        var told = Told(error: error, time: now)
        if let last, last.error == error {
            guard now - last.time >= last.silence else { return false }
            told.silence = min(last.silence * 2, Self.longestSilence)
        }
        last = told
        return true
    }

    /// Takes note that it works.
    mutating func end() { last = nil }
}
