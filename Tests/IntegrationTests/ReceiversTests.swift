// SPDX-License-Identifier: Apache-2.0

import Foundation
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
                #expect(Set(object.keys) == ["project", "name", "type", "path", "url", "kargoPaths"])
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

        @Test func `URLs are one a line and nothing else`() throws {
            let lines = try receivers("--output", "url").split(separator: "\n")
            #expect(lines.count == 4)
            #expect(
                lines.allSatisfy { $0.hasPrefix("https://hooks.example.com/webhooks/") && !$0.contains(" ") }
            )
        }
    }
}
