// SPDX-License-Identifier: Apache-2.0

/// Changes that come one after the other: what they lead to is done once, when they seem to be over.
struct Burst {
    private var first: ContinuousClock.Instant?
    private var last: ContinuousClock.Instant?

    /// How long nothing more must come.
    static let silence = Duration.milliseconds(200)

    /// How long the first waits at most, while there is always more.
    static let patience = Duration.seconds(2)

    mutating func note(at time: ContinuousClock.Instant) {
        first = first ?? time
        last = time
    }

    /// When it counts as over; nil where nothing has come.
    var end: ContinuousClock.Instant? {
        guard let first, let last else { return nil }
        return min(last + Self.silence, first + Self.patience)
    }
}
