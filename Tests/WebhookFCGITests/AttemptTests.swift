// SPDX-License-Identifier: Apache-2.0

import POSIX
import Subscriptions
import Testing

@testable import Outbox
@testable import Sinks
@testable import WebhookFCGI

@Suite struct AttemptTests {
    private func attempt(_ number: Int, _ error: SinkError?) -> Attempt {
        let refresh = Refresh(
            target: Target(namespace: "a", name: "w"),
            token: Timestamp(microseconds: 1)
        )
        return Attempt(due: Outbox.Due(refresh: refresh, attempts: number - 1), error: error)
    }

    @Test func `What goes on failing is said ever more rarely`() {
        let error = SinkError(.unavailable, "away")
        #expect((1...40).filter { attempt($0, error).isNews } == [1, 2, 4, 8, 16, 32])
    }

    @Test func `A refresh that ends without having happened is always said, and one that happened never`() {
        #expect((1...9).allSatisfy { attempt($0, SinkError(.gone, "deleted")).isNews })
        #expect((1...9).allSatisfy { !attempt($0, nil).isNews })
    }

    @Test func `The outbox learns what became of it`() {
        #expect(attempt(1, nil).outcome == .delivered)
        #expect(attempt(1, SinkError(.gone, "deleted")).outcome == .gone("deleted"))
        let busy = SinkError(.unavailable, "busy", retryAfter: .seconds(7))
        #expect(attempt(1, busy).outcome == .failed("busy", after: .seconds(7)))
    }
}
