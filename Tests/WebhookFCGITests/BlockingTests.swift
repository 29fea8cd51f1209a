// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import WebhookFCGI

@Suite(.threadsOfTheirOwn) struct BlockingTests {
    private struct Refused: Error {}

    @Test func `What a task returns or throws arrives`() {
        #expect(
            blocking {
                await Task.yield(); return 7
            } == 7
        )
        #expect(throws: Refused.self) { try blocking { () throws(Refused) in throw Refused() } }
    }
}
