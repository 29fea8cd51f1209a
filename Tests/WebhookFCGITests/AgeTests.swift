// SPDX-License-Identifier: Apache-2.0

import POSIX
import Testing

@testable import WebhookFCGI

@Suite struct AgeTests {
    @Test(arguments: [
        (0, "0s"), (119, "119s"), (120, "2m"), (7199, "119m"), (7200, "2h"), (172_799, "47h"),
        (172_800, "2d"),
        (864_000, "10d"),
    ])
    func `It has one unit`(_ seconds: Int, _ text: String) {
        let now = Timestamp.now()
        #expect("\(Age(of: now - .seconds(seconds), at: now))" == text)
        #expect(Age(of: now + .seconds(seconds), at: now).ahead == (seconds == 0 ? "now" : "in \(text)"))
        #expect(Age(of: now - .seconds(seconds), at: now).ahead == "now")
    }
}
