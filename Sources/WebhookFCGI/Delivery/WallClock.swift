// SPDX-License-Identifier: Apache-2.0

import POSIX

/// Notices when the wall clock is set back, beside a clock that never is.
///
/// The outbox keeps times of the wall clock, for only those mean something to another process and after a restart.
struct WallClock {
    private var wall: Timestamp
    private var steady: ContinuousClock.Instant

    /// Less is not worth a transaction: what is due waits for so much longer once.
    private static let leastStep = Duration.seconds(1)

    /// How far it has been set back in all, as long as nobody has allowed for it with ``allow()``.
    private(set) var setBack = Duration.zero

    init(wall: Timestamp = .now(), steady: ContinuousClock.Instant = .now) {
        (self.wall, self.steady) = (wall, steady)
    }

    /// Compares with the time of the last look, and returns the time now.
    mutating func look(wall: Timestamp = .now(), steady: ContinuousClock.Instant = .now) -> Timestamp {
        let passed = Duration.microseconds(wall.microseconds - self.wall.microseconds)
        let step = self.steady.duration(to: steady) - passed
        if step >= Self.leastStep { setBack += step }
        (self.wall, self.steady) = (wall, steady)
        return wall
    }

    /// Takes note that everything which goes by this clock has followed it.
    mutating func allow() { setBack = .zero }
}
