// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Handlers
import Outbox
import POSIX
import Subscriptions
import Testing

@testable import WebhookFCGI

@Suite struct RateLimiterTests {
    private let limiter = RateLimiter()
    private let now = ContinuousClock.now
    private let limit = RateLimit(rate: .init(count: 1, in: .seconds(60)), burst: 2)

    private func snapshot(_ names: String...) throws -> Snapshot {
        let receivers = try names.map { name in
            Receiver(
                baseURL: try BaseURL("https://hooks.example.com/webhooks"),
                project: "p",
                name: name,
                provider: .harbor,
                secret: try #require(Secret(Array("s3cr3t".utf8)))
            )
        }
        return Snapshot(
            receivers: receivers,
            subscriptions: SubscriptionIndex([Subscription]()),
            warehouseCount: 0
        )
    }

    /// The statuses of as many deliveries in one turn, with a body that would be refused.
    private func statuses(_ names: [String], _ snapshot: Snapshot, header: String = "s3cr3t") -> [Int] {
        var arrivals = names.map { name in
            let path = snapshot.receivers.first { $0.name == name }?.path ?? ""
            let parameters = Parameters([
                ("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", path), ("HTTP_AUTHORIZATION", header),
            ])
            let request = Request(parameters: parameters, body: .complete(Array("{".utf8)))
            return Arrival(DeliveryID(time: .now()), request, snapshot, bodyLimit: 100)
        }
        limiter.limit(&arrivals, to: limit, at: now, snapshot)
        return arrivals.map { $0.decision(by: snapshot).reply(.nothing).status }
    }

    @Test func `One that has had enough is refused before its body is read, and no other`() throws {
        let snapshot = try snapshot("a", "b")
        #expect(
            statuses(["a", "a", "a", "b", "a", "b", "b"], snapshot) == [400, 400, 429, 400, 429, 400, 429]
        )
    }

    @Test func `Strangers use nothing up`() throws {
        let snapshot = try snapshot("a")
        #expect(statuses(["a", "a", "a", "a"], snapshot, header: "forged") == [401, 401, 401, 401])
        #expect(statuses(["none", "a", "a", "a"], snapshot) == [404, 400, 400, 429])
        // Nor do they learn that it is used up.
        #expect(statuses(["a"], snapshot, header: "forged") == [401])
    }

    @Test func `What is used up stays so when the snapshot is another`() throws {
        #expect(statuses(["a", "a", "a"], try snapshot("a")) == [400, 400, 429])
        #expect(statuses(["a", "b"], try snapshot("a", "b")) == [429, 400])
    }

    @Test func `It remembers no more receivers than there are`() throws {
        for number in 0..<100 {
            _ = statuses(["r\(number)", "s\(number)"], try snapshot("r\(number)", "s\(number)"))
            #expect(limiter.count <= 2)
        }
    }

    @Test func `The sender is told when to come again, in whole seconds`() throws {
        let snapshot = try snapshot("a")
        let delivery = Arrival.GenuineDelivery(
            id: DeliveryID(time: .now()),
            receiver: try #require(snapshot.receivers.first),
            usesPreviousSecret: false,
            delivery: Delivery(headers: [:], body: [])
        )
        for (time, seconds) in [
            (Duration.milliseconds(1), "1"), (.seconds(2), "2"), (.milliseconds(2001), "3"),
        ] {
            let reply = Decision(refusing: delivery, for: time).reply(.nothing)
            #expect(reply.status == 429)
            #expect(reply.headers.contains(Reply.Header("Retry-After", seconds)))
            #expect(
                String(decoding: reply.body, as: UTF8.self)
                    == #"{"error":"too many deliveries to this receiver, try again later"}"#
            )
        }
    }
}
