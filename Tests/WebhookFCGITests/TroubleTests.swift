// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct TroubleTests {
    @Test func `Trouble is new when it begins, changes, or comes back`() {
        var trouble = Trouble()
        let news = ["full", "full", "read-only", "full"].map { trouble.isNew($0) }
        trouble.end()
        let isBack = trouble.isNew("full")
        #expect(news == [true, false, true, true] && isBack)
    }
}
