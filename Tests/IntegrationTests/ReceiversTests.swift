// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// What is handed to those who register a webhook, `webhook-fcgi receivers`.
    @Suite struct ReceiversTests {
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
        }

        private func receivers(_ arguments: String...) throws -> String {
            let command = [Checkout.program, "receivers", "--config", "\(folder.path)/config.yaml"]
            return try Command(command + arguments).succeeded()
        }

        /// The hash is that of project, name and secret, one after the other.
        @Test func `A URL is the one that Kargo gives`() throws {
            let text = "kargo-demoazure-receiver\(Secrets.azure)"
            try folder.write(text, to: "text")
            let sum = try Command(["sha256sum", "\(folder.path)/text"]).succeeded().prefix(64)
            let url = "https://hooks.example.com/webhooks/azure/\(sum)"
            #expect(try receivers("--output", "url").split(separator: "\n").contains(Substring(url)))
        }

        @Test func `JSON has every field of every receiver`() throws {
            let data = Data(try receivers("--output", "json").utf8)
            let objects = try #require(try JSONSerialization.jsonObject(with: data) as? [[String: Any]])
            #expect(objects.count == 4)
            for object in objects {
                #expect(
                    Set(object.keys) == [
                        "project", "name", "type", "path", "url", "kargoPaths", "failures24h",
                    ]
                )
                let path = try #require(object["path"] as? String)
                #expect(object["url"] as? String == "https://hooks.example.com" + path)
                #expect((object["kargoPaths"] as? [String])?.isEmpty == true)
            }
            let projects = objects.map { $0["project"] as? String }
            #expect(projects == ["", "kargo-demo", "kargo-demo", "kargo-demo"])
        }

        @Test func `The table has a line for each, and is the default`() throws {
            let table = try receivers()
            #expect(try receivers("--output", "table") == table)
            let lines = table.split(separator: "\n")
            #expect(lines.count == 5)
            for word in ["PROJECT", "NAME", "TYPE", "URL"] {
                #expect(try #require(lines.first).contains(word))
            }
            for url in try receivers("--output", "url").split(separator: "\n") {
                #expect(lines.contains { $0.hasSuffix(url) })
            }
        }

        @Test func `It says when something came, was accepted, and how much was refused`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                var wrong = try site.request()
                wrong.headers = [("Authorization", "wrong")]
                for _ in 0..<2 { expect(try site.nginx.exchange(wrong), 401) }
                expect(try site.deliver([], to: "cluster-receiver"), 400)
                func row(_ name: String) throws -> ReceiverRow? {
                    try site.currentReceivers().first { $0.name == name }
                }
                try eventually("what came is written down") {
                    try row("harbor-receiver")?.failures24h == 2 && row("cluster-receiver")?.failures24h == 1
                }
                #expect(try row("harbor-receiver")?.lastSuccess != nil)
                let cluster = try row("cluster-receiver")
                #expect(cluster?.lastDelivery != nil && cluster?.lastSuccess == nil)
                #expect(try row("azure-receiver")?.lastDelivery == nil)
                let table = try site.command("receivers").succeeded().split(separator: "\n")
                #expect(
                    table.contains { $0.contains(#/harbor-receiver +harbor +\d+s +\d+s +2 +https:/#) },
                    "\(table)"
                )
                #expect(table.contains { $0.contains(#/cluster-receiver +harbor +\d+s +never +1 +https:/#) })
                #expect(table.contains { $0.contains(#/azure-receiver +azure +never +never +0 +https:/#) })
            }
        }

        @Test func `What the last second has counted is written when the service stops`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                site.responder.signal(SIGTERM)
                _ = try site.responder.waitForEnd()
                #expect(
                    try site.currentReceivers().first { $0.name == "harbor-receiver" }?.lastSuccess != nil
                )
            }
        }

        @Test func `URLs are one a line and nothing else`() throws {
            let lines = try receivers("--output", "url").split(separator: "\n")
            #expect(lines.count == 4)
            #expect(
                lines.allSatisfy { $0.hasPrefix("https://hooks.example.com/webhooks/") && !$0.contains(" ") }
            )
        }
    }
}
