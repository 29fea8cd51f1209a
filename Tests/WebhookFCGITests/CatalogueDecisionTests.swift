// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Foundation
import Handlers
import Logging
import Outbox
import POSIX
import Subscriptions
import Testing

@testable import WebhookFCGI

/// What is decided on a delivery to a CatalogueReceiver.
@Suite struct CatalogueDecisionTests {
    private let receiver: Receiver

    init() throws {
        receiver = Receiver(
            baseURL: try #require(try? BaseURL("https://hooks.example.com/webhooks")),
            project: "p",
            name: "portal",
            provider: .catalogue,
            secret: try #require(Secret(Array("s3cr3t".utf8)))
        )
    }

    private func decide(_ objects: [CatalogueObject], _ event: String = "PUSH_ARTIFACT") -> Decision {
        Decision(
            DeliveryID(time: Timestamp(microseconds: 0)),
            receiver,
            .catalogue(event: event, objects, identity: nil),
            Snapshot(receivers: [receiver], subscriptions: SubscriptionIndex([]), warehouseCount: 0)
        )
    }

    private func text(_ reply: Reply) -> String { String(decoding: reply.body, as: UTF8.self) }

    @Test func `Each object is a target of the receiver, in a lane of its own`() {
        let decision = decide([
            .artifact(project: "a", repository: "b/c", digest: "sha256:1f"), .project("a"),
        ])
        #expect(decision.targets.map(\.description) == ["p/portal/a/b/c@sha256:1f", "p/portal/a"])
        #expect(decision.targets.allSatisfy { $0.lane == .catalogue })
        #expect(text(decision.reply(.accepted)) == #"{"msg":"accepted update of 2 catalogue object(s)"}"#)
        #expect(decision.reply(.accepted).status == 202)
        #expect(text(decision.reply(.refreshed)) == #"{"msg":"updated 2 catalogue object(s)"}"#)
        #expect(decision.reply(.refreshed).status == 200)
        #expect(decision.outcome(.accepted) == .accepted && decision.outcome(.refreshed) == .refreshed)
        #expect(
            decision.outcome(.repetition(of: "1")) == .duplicate && decision.outcome(.failed) == .notStored
        )
    }

    @Test func `What Harbor tells only later has targets of their own`() {
        let object = CatalogueObject.artifact(project: "a", repository: "b/c", digest: "sha256:1f")
        let targets = decide([object, .repository(project: "a", name: "b")], "PULL_ARTIFACT").targets
        #expect(targets.map(\.description) == ["p/portal/a/b/c@sha256:1f//later", "p/portal/a/b//later"])
        #expect(targets.map(\.isLater) == [true, true] && targets[0].object == object.identifier)
        #expect(targets.compactMap { CatalogueObject(identifier: $0.name) } == [])
        #expect(targets.map { Target($0.description) } == targets)
        #expect(decide([object]).targets.map(\.object) == [object.identifier])
    }

    @Test(arguments: [1, 60, 1000])
    func `What the log keeps is the explanation, whatever a stranger calls an object`(_ count: Int) throws {
        let odd = (0..<count).map {
            CatalogueObject.repository(project: "a\"\\é", name: "b\u{2028}\(["", "}"][$0 % 2])\($0)")
        }
        let decision = decide(odd + [.artifact(project: "a", repository: "b", digest: "sha256:1f")])
        let json = decision.json(receiver, limit: 50)
        let explanation = try JSONDecoder().decode(Explanation.self, from: Data(json.utf8))
        #expect(explanation == Explanation(decision, receiver, .genuine, limit: 50))
        #expect(explanation.targets.count == count + 1 && explanation.objects?.count == min(50, count + 1))
        #expect(explanation.omitted == max(0, count + 1 - 50))
        #expect(explanation.description.contains("something was pushed to it"))
    }

    @Test func `The log's line names the objects, and no more than a few`() {
        var line = LogLine(.text, time: Timestamp(microseconds: 0), level: .info, message: "delivery")
        decide((0..<20).map { .project("p\($0)") }, "QUOTA_EXCEED").describe(
            status: 202,
            duration: .zero,
            in: &line
        )
        var bytes: [UInt8] = []
        line.write(to: &bytes)
        let text = String(decoding: bytes, as: UTF8.self)
        #expect(text.contains("objects=p0,p1,p2,p3,p4,p5,p6,p7,p8,p9 targets=20"), "\(text)")
    }
}
