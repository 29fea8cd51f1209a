// SPDX-License-Identifier: Apache-2.0

import Outbox
import Subscriptions
import Testing

@testable import WebhookFCGI

@Suite struct ArgumentTests {
    @Test func `A receiver has a project, or is the cluster's`() {
        #expect(ReceiverName(argument: "p/n") == ReceiverName(project: "p", name: "n"))
        #expect(ReceiverName(argument: "n") == ReceiverName(project: "", name: "n"))
        for text in ["", "/", "p/", "/n", "a/b/c"] { #expect(ReceiverName(argument: text) == nil) }
    }

    @Test func `A target has a namespace and a name`() {
        #expect(Target(argument: "a/w") == Target(namespace: "a", name: "w"))
        for text in ["", "w", "a/", "/w", "a/w/x"] { #expect(Target(argument: text) == nil) }
    }

    @Test func `A status is a number or a word`() {
        #expect(DeliveryStatus(argument: "202") == .http(202))
        #expect(DeliveryStatus(argument: "gone") == .result(.gone))
        for text in ["", "99", "600", "Gone", "ok"] { #expect(DeliveryStatus(argument: text) == nil) }
    }
}
