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

@Suite struct DecisionTests {
    private let snapshot: Snapshot
    private let receiver: Receiver

    init() throws {
        receiver = Receiver(
            baseURL: try #require(try? BaseURL("https://hooks.example.com/webhooks")),
            project: "a",
            name: "hub",
            provider: .dockerhub,
            secret: try #require(Secret(Array("s3cr3t".utf8)))
        )
        snapshot = Snapshot(
            receivers: [receiver],
            subscriptions: SubscriptionIndex([
                Subscription(
                    target: Target(namespace: "a", name: "w"),
                    repository: RepositoryKey("team/api", kind: .image),
                    selector: .image(ImageSelector(.lexical))
                )
            ]),
            warehouseCount: 1
        )
    }

    private func decide(
        method: String = "POST",
        path: String? = nil,
        _ body: Request.Body = .complete(
            Array(#"{"push_data":{"tag":"1"},"repository":{"repo_name":"team/api"}}"#.utf8)
        )
    ) -> Decision {
        let parameters = Parameters([
            ("REQUEST_METHOD", method), ("SCRIPT_NAME", path ?? receiver.path), ("HTTP_X_TEST", "1"),
        ])
        return Decision(
            DeliveryID(time: Timestamp(microseconds: 0)),
            Request(parameters: parameters, body: body),
            snapshot,
            bodyLimit: 100
        )
    }

    private func body(_ decision: Decision) -> String {
        String(decoding: decision.reply(.nothing).body, as: UTF8.self)
    }

    @Test func `A delivery finds its targets`() {
        let decision = decide()
        #expect(decision.targets == [Target(namespace: "a", name: "w")])
        #expect(decision.reply(.nothing).status == 200)
        #expect(body(decision) == #"{"msg":"refreshed 1 warehouse(s)"}"#)
    }

    @Test func `A path may come in two parts`() {
        let path = receiver.path
        let parameters = Parameters([
            ("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", String(path.prefix(9))),
            ("PATH_INFO", String(path.dropFirst(9))),
        ])
        let decision = Decision(
            DeliveryID(time: Timestamp(microseconds: 0)),
            Request(parameters: parameters, body: .complete([])),
            snapshot,
            bodyLimit: 100
        )
        #expect(decision.receiver?.name == "hub")
    }

    @Test func `What is not found does not say what would have been`() {
        let nearly = String(receiver.path.dropLast()) + "0"
        let replies = [nearly, "/", "", receiver.path + "/", receiver.path.uppercased()].map {
            let reply = decide(path: $0).reply(.nothing)
            return "\(reply.status) \(reply.headers) \(String(decoding: reply.body, as: UTF8.self))"
        }
        #expect(Set(replies).count == 1)
        #expect(decide(path: nearly).reply(.nothing).status == 404)
        #expect(decide(method: "GET", path: nearly).reply(.nothing).status == 404)
    }

    @Test(arguments: ["GET", "HEAD", "PUT", "post", ""]) func `Only POST is served`(_ method: String) {
        let reply = decide(method: method).reply(.nothing)
        #expect(reply.status == 405)
        #expect(reply.headers.contains(Reply.Header("Allow", "POST")))
    }

    @Test func `A body that is too large or not as announced is refused`() {
        #expect(decide(.tooLarge).reply(.nothing).status == 413)
        #expect(body(decide(.tooLarge)) == #"{"error":"content exceeds limit of 100 bytes"}"#)
        #expect(decide(.mismatched(announced: "9", received: 3)).reply(.nothing).status == 400)
    }

    @Test func `Errors and nothing else go to nginx's log, without the path`() throws {
        #expect(decide().reply(.nothing).errorLogLine == nil)
        let line = try #require(decide(.tooLarge).reply(.nothing).errorLogLine)
        #expect(line.contains("a/hub") && line.contains("413"))
        #expect(!line.contains(receiver.path.suffix(64)))
    }

    @Test(
        arguments: ["1", "", "a\\\"b\u{1F}\u{2028}é", "sha256:0"],
        ["team/api", "team/other", "https://user:secret@Example.com/team/api", "oci://team/api"]
    ) func `The delivery log keeps what an encoder would write of the explanation`(
        _ tag: String,
        _ repository: String
    ) throws {
        struct Body: Encodable {
            let push_data: [String: String]
            let repository: [String: String]
        }
        let body = Body(push_data: ["tag": tag], repository: ["repo_name": repository])
        let decision = decide(.complete(Array(try JSONEncoder().encode(body))))
        #expect(decision.match != nil)
        for limit in [0, 1, 50] {
            let json = decision.json(receiver, limit: limit)
            let explanation = try JSONDecoder().decode(Explanation.self, from: Data(json.utf8))
            #expect(explanation == Explanation(decision, receiver, .genuine, limit: limit))
            #expect(!json.contains("\n"))
        }
    }

    @Test func `Who comes with the previous secret is said so, in the log and in what is kept`() throws {
        let previous = try #require(Secret(Array("before".utf8)))
        let baseURL = try BaseURL("https://hooks.example.com/webhooks")
        let body = Request.Body.complete(
            Array(#"{"type":"PULL_ARTIFACT","push_data":{},"repository":{"repo_name":"team/api"}}"#.utf8)
        )
        for (provider, isOld, header, expected) in [
            (Provider.dockerhub, false, "", false), (.dockerhub, true, "", true),
            (.harbor, false, "s3cr3t", false), (.harbor, false, "before", true),
            (.harbor, true, "s3cr3t", true), (.harbor, true, "before", true), (.harbor, true, "wrong", false),
        ] {
            let receiver = Receiver(
                baseURL: baseURL,
                project: "a",
                name: "r",
                provider: provider,
                secret: self.receiver.secret,
                previousSecret: previous
            )
            let snapshot = Snapshot(
                receivers: [receiver],
                subscriptions: SubscriptionIndex([Subscription]()),
                warehouseCount: 0
            )
            let path = isOld ? try #require(receiver.previousPath) : receiver.path
            let request = Request(
                parameters: Parameters([
                    ("REQUEST_METHOD", "POST"), ("SCRIPT_NAME", path), ("HTTP_AUTHORIZATION", header),
                ]),
                body: body
            )
            let decision = Decision(DeliveryID(time: .now()), request, snapshot, bodyLimit: 100)
            #expect(decision.usesPreviousSecret == expected, "\(provider) \(isOld) \(header)")
            let json = decision.json(receiver, limit: 50)
            #expect(json.contains(#""previousSecret":true"#) == expected)
            let explanation = try JSONDecoder().decode(Explanation.self, from: Data(json.utf8))
            #expect(explanation == Explanation(decision, receiver, .genuine, limit: 50))
            var line = LogLine(.text, time: .now(), level: .info, message: "delivery")
            decision.describe(status: 200, duration: .zero, in: &line)
            let text = String(decoding: line.encoded, as: UTF8.self)
            #expect(text.contains(" previous_secret=true ") == expected)
        }
    }

    @Test func `So it does of several pushes, of several Warehouses, and of what is ignored`() throws {
        let snapshot = Snapshot(
            receivers: [receiver],
            subscriptions: SubscriptionIndex(
                ["v", "w"].map { name in
                    Subscription(
                        target: Target(namespace: "a", name: name),
                        repository: RepositoryKey("team/api", kind: .image),
                        selector: .image(ImageSelector(.lexical))
                    )
                }
            ),
            warehouseCount: 2
        )
        let pushes = [
            Event.Push(repository: "team/api:1", kinds: [.image, .chart], qualifiers: .tags(["1", "2"])),
            Event.Push(
                repository: "https://git.example.com/a/b.git",
                kinds: [.git],
                qualifiers: .refs(["refs/heads/main"])
            ),
        ]
        let verdicts: [Verdict] = [
            .refresh(Event(name: "PUSH", pushes: pushes)), .acknowledge(event: "PULL", message: "ignored"),
        ]
        for verdict in verdicts {
            let decision = Decision(DeliveryID(time: .now()), receiver, verdict, snapshot)
            for limit in [0, 1, 50] {
                let json = decision.json(receiver, limit: limit)
                let explanation = try JSONDecoder().decode(Explanation.self, from: Data(json.utf8))
                #expect(explanation == Explanation(decision, receiver, .genuine, limit: limit))
            }
        }
    }

    @Test func `What a stranger writes takes little room in the log, however long it is`() {
        let long = String(repeating: "\u{2028}", count: 100_000)
        let push = Event.Push(repository: long, kinds: [.image, .chart], qualifiers: .tags([long]))
        let event = Event(name: long, pushes: [Event.Push](repeating: push, count: 100))
        for verdict in [Verdict.refresh(event), .acknowledge(event: long, message: "ignored")] {
            let decision = Decision(DeliveryID(time: .now()), receiver, verdict, snapshot)
            #expect(decision.json(receiver, limit: 50).utf8.count < 128 << 10)
        }
    }
}
