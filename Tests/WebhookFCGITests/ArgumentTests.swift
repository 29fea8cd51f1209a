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

    @Test func `A target is a Warehouse, or an object of a receiver`() {
        #expect(Target(argument: "a/w") == Target(namespace: "a", name: "w"))
        for object in ["p", "p/a", "p/a/b@sha256:1f"] {
            let target = Target(project: "a", receiver: "r", object: object)
            #expect(Target(argument: "a/r/\(object)") == target && target.description == "a/r/\(object)")
            #expect(target.lane == .catalogue && target != Target(namespace: "a/r", name: object))
        }
        for text in ["", "w", "a/", "/w", "a//x", "a/w/"] { #expect(Target(argument: text) == nil) }
    }

    @Test func `A status is a number or a word`() {
        #expect(DeliveryStatus(argument: "202") == .http(202))
        #expect(DeliveryStatus(argument: "gone") == .result(.gone))
        for text in ["", "99", "600", "Gone", "ok"] { #expect(DeliveryStatus(argument: text) == nil) }
    }
}
