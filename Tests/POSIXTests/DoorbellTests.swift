// SPDX-License-Identifier: Apache-2.0

import POSIX
import Testing

@Suite struct DoorbellTests {
    @Test func `A wait that a ring has ended does not end the next one`() async {
        let doorbell = Doorbell()
        for _ in 0..<20 {
            doorbell.ring()
            await doorbell.wait(atMost: .seconds(60))
            let start = ContinuousClock.now
            await doorbell.wait(atMost: .milliseconds(20))
            #expect(start.duration(to: .now) >= .milliseconds(20))
        }
    }

    @Test func `Two rings are one`() async {
        let doorbell = Doorbell()
        doorbell.ring()
        doorbell.ring()
        await doorbell.wait()
        let start = ContinuousClock.now
        await doorbell.wait(atMost: .milliseconds(20))
        #expect(start.duration(to: .now) >= .milliseconds(20))
    }
}
