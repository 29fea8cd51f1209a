// SPDX-License-Identifier: Apache-2.0

import Foundation
import NIOConcurrencyHelpers
import Synchronization
import TestSupport
import Testing

extension IntegrationTests {
    /// A secret that is changed while senders go on: both values, then the new one alone.
    @Suite struct RotationTests {
        private static let values = [
            "harbor-receiver": ("harbor-secret", "auth-header", Secrets.harbor),
            "azure-receiver": ("azure-secret", "secret", Secrets.azure),
            "dockerhub-receiver": ("dockerhub-secret", "secret", Secrets.dockerHub),
        ]

        /// The sample's Secrets, of which one has these lines.
        private static func secrets(_ changed: String, _ data: String) -> String {
            values.values.map { name, key, value in
                let secret = Manifests.secret(name, key, value)
                return name == changed
                    ? secret.replacing(
                        "stringData: { \(key): \"\(value)\" }",
                        with: "stringData: { \(data) }"
                    ) : secret
            }.joined(separator: "---\n")
        }

        @Test(arguments: ["harbor-receiver", "dockerhub-receiver"])
        func `Under steady traffic no delivery fails`(_ receiver: String) throws {
            let (name, key, old) = try #require(Self.values[receiver])
            let new = "\(Secrets.mark)-new"
            func push() -> [UInt8] {
                receiver == "harbor-receiver" ? Payload.harborPush() : Payload.dockerHubPush()
            }
            try Site.with { site in
                let oldRequest = try site.request(to: receiver, secret: old, push())
                let newRequest = try site.request(to: receiver, secret: new, push())
                let traffic = try Traffic(port: site.nginx.port, oldRequest)
                try traffic.waitForReplies(20)
                expect(try site.nginx.exchange(newRequest), 404)

                let both = Self.secrets(name, #"\#(key): "\#(new)", \#(key)-previous: "\#(old)""#)
                try site.folder.write(both, to: "manifests/secrets.yaml")
                try eventually("the new URL answers: \(site.log)") {
                    try site.nginx.exchange(newRequest).status == 200
                }
                try traffic.waitForReplies(20)
                #expect(site.log.contains(" previous_secret=true "))
                for (path, header) in [
                    (oldRequest, oldRequest), (oldRequest, newRequest), (newRequest, oldRequest),
                    (newRequest, newRequest),
                ] {
                    let request = HTTPRequest(path: path.path, headers: header.headers, body: push())
                    expect(try site.nginx.exchange(request), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                }
                traffic.send(newRequest)
                try traffic.waitForReplies(20)

                try site.folder.write(
                    Self.secrets(name, #"\#(key): "\#(new)""#),
                    to: "manifests/secrets.yaml"
                )
                try eventually("the old URL is gone: \(site.log)") {
                    try site.nginx.exchange(oldRequest).status == 404
                }
                try traffic.waitForReplies(20)
                #expect(try traffic.stop().allSatisfy { $0 == 200 })
                #expect(site.nginx.brokenReplies.isEmpty)
                for secret in [
                    Secrets.mark, String(oldRequest.path.suffix(64)), String(newRequest.path.suffix(64)),
                ] {
                    #expect(!site.log.contains(secret))
                }
            }
        }

        @Test func `Both URLs are printed, for people, programs and nginx`() throws {
            var setup = Setup(hasOnlyReceivers: true)
            setup.manifests["secrets.yaml"] = Self.secrets(
                "azure-secret",
                #"secret: "\#(Secrets.mark)-new", secret-previous: "\#(Secrets.azure)""#
            )
            try Site.with(setup) { site in
                let old = try site.request(to: "azure-receiver", secret: Secrets.azure).path
                let new = try site.request(to: "azure-receiver", secret: "\(Secrets.mark)-new").path
                func print(_ command: String...) throws -> String {
                    let program = [
                        Checkout.program, command[0], "--config", "\(site.folder.path)/config.yaml",
                    ]
                    return try Command(program + command.dropFirst()).succeeded()
                }
                let table = try print("receivers").split(separator: "\n")
                #expect(table.contains { $0.contains(" azure ") && $0.hasSuffix(new) })
                #expect(table.contains { $0.contains(" (previous) ") && $0.hasSuffix(old) })
                #expect(table.count == 6)
                let json = Data(try print("receivers", "--output", "json").utf8)
                let rows = try #require(try JSONSerialization.jsonObject(with: json) as? [[String: Any]])
                let previous = rows.compactMap { $0["previous"] as? [String: String] }
                #expect(previous == [["path": old, "url": "https://hooks.example.com\(old)"]])
                #expect(!(try print("receivers", "--output", "url").contains(old)))
                for path in [old, new] {
                    #expect(try print("nginx").contains("location = \(path) {"))
                    let body = Array(#"{"action":"ping"}"#.utf8)
                    let request = HTTPRequest(path: path, headers: [], body: body)
                    let before = try print("receivers").split(separator: "\n")
                    // By whose secret nothing has come, of that nothing is said.
                    #expect(before.contains { $0.contains(" (previous) ") && $0.contains(" not logged ") })
                    if path == new { expect(try site.nginx.exchange(request), 200) }
                }
                let last = HTTPRequest(path: old, headers: [], body: Array(#"{"action":"ping"}"#.utf8))
                expect(try site.nginx.exchange(last), 200)
                let after = try print("receivers").split(separator: "\n")
                #expect(!after.contains { $0.contains(" (previous) ") && $0.contains(" not logged ") })
                #expect(try print("receivers", "--output", "json").contains(#""lastDelivery" : "20"#))
            }
        }
    }
}

/// A sender that sends one delivery after the other, and can be told another one.
private final class Traffic: Sendable {
    private let request: NIOLockedValueBox<HTTPRequest>
    private let isStopping = Atomic(false)
    private let count = Atomic(0)
    private let statuses = NIOLockedValueBox<[Int]>([])
    private let worker = NIOLockedValueBox<Worker<Void>?>(nil)

    init(port: UInt16, _ first: HTTPRequest) throws {
        request = NIOLockedValueBox(first)
        worker.withLockedValue { worker in
            worker = Worker { [self] in
                let connection = try HTTPConnection(port: port)
                while !isStopping.load(ordering: .relaxed) {
                    let reply = try connection.exchange(request.withLockedValue { $0 })
                    statuses.withLockedValue { $0.append(reply.status) }
                    count.add(1, ordering: .relaxed)
                }
            }
        }
    }

    func send(_ next: HTTPRequest) { request.withLockedValue { $0 = next } }

    func waitForReplies(_ more: Int) throws {
        let goal = count.load(ordering: .relaxed) + more
        try eventually("\(more) replies") { count.load(ordering: .relaxed) >= goal }
    }

    func stop() throws -> [Int] {
        isStopping.store(true, ordering: .relaxed)
        try worker.withLockedValue { $0 }?.join()
        return statuses.withLockedValue { $0 }
    }
}
