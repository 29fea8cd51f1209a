// SPDX-License-Identifier: Apache-2.0

import Dispatch
import TestSupport
import Testing

@testable import WebhookFCGI

@Suite struct PageQueueTests {
    @Test func `It takes as many as it has places for, and again once one is done`() async throws {
        let queue = PageQueue(capacity: 2)
        let gate = DispatchSemaphore(value: 0)
        let entered = [queue.enter(), queue.enter(), queue.enter()]
        #expect(entered == [true, true, false])
        for _ in 0..<2 { queue.run { gate.wait() } }
        let isFull = !queue.enter()
        #expect(isFull)
        gate.signal()
        try await waitUntil("a place is free") { queue.enter() }
        gate.signal()
    }
}
