// SPDX-License-Identifier: Apache-2.0

import POSIX
import Testing

@testable import WebhookFCGI

@Suite struct WallClockTests {
    private static let start = ContinuousClock.now

    /// Looks at these times of the wall clock, one second after the other.
    private func setBack(_ times: [Int64]) -> Duration {
        var clock = WallClock(wall: Timestamp(microseconds: 0), steady: Self.start)
        for (index, time) in times.enumerated() {
            let wall = Timestamp(microseconds: time * 1_000_000)
            #expect(clock.look(wall: wall, steady: Self.start + .seconds(index + 1)) == wall)
        }
        return clock.setBack
    }

    @Test(arguments: [[1, 2, 3], [1, 3600, 3601], []])
    func `A clock that only goes on is not set back`(times: [Int64]) {
        #expect(setBack(times) == .zero)
    }

    @Test func `It is set back by what it lacks of the time that has passed`() {
        #expect(setBack([1, -3598, -3597]) == .seconds(3600))
        #expect(setBack([1, -8, 3600, 3591]) == .seconds(20))
    }

    @Test func `What has been allowed for does not count again`() {
        var clock = WallClock(wall: Timestamp(microseconds: 9_000_000), steady: Self.start)
        _ = clock.look(wall: Timestamp(microseconds: 0), steady: Self.start)
        #expect(clock.setBack == .seconds(9))
        clock.allow()
        #expect(clock.setBack == .zero)
    }
}
