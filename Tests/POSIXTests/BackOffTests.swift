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
}
