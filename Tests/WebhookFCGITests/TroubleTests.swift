// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct TroubleTests {
    @Test func `Trouble is news when it begins, changes, or comes back`() {
        var trouble = Trouble()
        let news = ["full", "full", "read-only", "full"].map { trouble.isNews($0) }
        trouble.end()
        let isBack = trouble.isNews("full")
        #expect(news == [true, false, true, true] && isBack)
    }

    @Test func `Trouble that lasts is news at growing intervals, and never less than once an hour`() {
        var trouble = Trouble()
        let start = ContinuousClock.now
        let minutes = (0..<360).filter { trouble.isNews("full", at: start + .seconds($0 * 60)) }
        #expect(minutes == [0, 1, 3, 7, 15, 31, 63, 123, 183, 243, 303])
        trouble.end()
        let second = (0..<90).filter { trouble.isNews("full", at: start + .seconds(21_600 + $0)) }
        #expect(second == [0, 60])
    }
}
