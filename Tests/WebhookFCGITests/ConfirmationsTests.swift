// SPDX-License-Identifier: Apache-2.0

import NIOConcurrencyHelpers
import POSIX
import Subscriptions
import Testing

@testable import WebhookFCGI

@Suite struct ConfirmationsTests {
    private let confirmations = Confirmations()
    private let answers = NIOLockedValueBox<[String]>([])

    private func refresh(_ name: String) -> Refresh {
        Refresh(target: Target(namespace: "a", name: name), token: Timestamp(microseconds: 1))
    }

    /// Nobody here waits until it is too late.
    private func wait(_ sender: String, for refreshes: Refresh...) {
        confirmations.wait(for: refreshes, timeout: .seconds(3600)) { [answers] isRefreshed in
            answers.withLockedValue { $0.append("\(sender): \(isRefreshed ? "refreshed" : "accepted")") }
        }
    }

    private func answered() -> [String] { answers.withLockedValue { $0 } }

    @Test func `A sender is answered once all of its refreshes have happened`() {
        wait("one", for: refresh("x"), refresh("y"))
        confirmations.settle([refresh("x")])
        #expect(answered() == [])
        confirmations.settle([refresh("y")])
        #expect(answered() == ["one: refreshed"])
        #expect(confirmations.awaited.isEmpty)
    }

    @Test func `A sender that waits for what will not happen is answered at once, and once`() {
        wait("one", for: refresh("x"), refresh("y"))
        wait("another", for: refresh("y"))
        confirmations.giveUp([refresh("x")])
        #expect(answered() == ["one: accepted"])
        #expect(confirmations.awaited == [refresh("y")])
        confirmations.giveUp([refresh("x")])
        confirmations.settle([refresh("x"), refresh("y")])
        #expect(answered() == ["one: accepted", "another: refreshed"])
        #expect(confirmations.awaited.isEmpty)
    }
}
