// SPDX-License-Identifier: Apache-2.0

import POSIX
import Testing

@Suite struct BackOffTests {
    @Test(arguments: [
        (1, 0.5), (2, 1), (3, 2), (4, 4), (10, 256), (11, 300), (12, 300), (1_000_000, 300),
    ])
    func `It doubles from half a second to five minutes`(_ attempts: Int, _ ceiling: Double) {
        #expect(BackOff(to: .seconds(300)).delay(afterAttempts: attempts, jitter: 1) == .seconds(ceiling))
        #expect(
            BackOff(to: .seconds(300)).delay(afterAttempts: attempts, jitter: 0.5) == .seconds(ceiling / 2)
        )
        #expect(
            BackOff(to: .seconds(300)).delay(afterAttempts: attempts, jitter: 0) == .seconds(ceiling) / 10
        )
    }

    @Test func `It is never shorter than the sink asked for`() {
        #expect(
            BackOff(to: .seconds(300)).delay(afterAttempts: 1, atLeast: .seconds(7), jitter: 0) == .seconds(7)
        )
    }

    @Test(arguments: [Duration.seconds(86_400_000), .seconds(Int64.max)])
    func `It is never longer than five minutes because the sink asked for it`(_ minimum: Duration) {
        #expect(BackOff(to: .seconds(30)).delay(afterAttempts: 1, atLeast: minimum) == .seconds(300))
    }

    @Test func `Nothing negative counts`() {
        #expect(BackOff(to: .seconds(30)).delay(afterAttempts: 1, atLeast: .seconds(-9), jitter: 1) > .zero)
    }
}
