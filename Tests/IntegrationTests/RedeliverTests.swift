// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// `redeliver`: through the whole pipeline once more.
    @Suite struct RedeliverTests {
        private let repository = "registry.example.com/team-a/later"

        @Test func `It is decided by the Warehouses there are now, and is no duplicate`() throws {
            try Site.with { site in
                let body = Payload.harborPush(of: repository)
                expectNobodyRefreshed(try site.deliver(body))
                let original = try #require(try site.deliveries().first)
                try site.folder.write(
                    Manifests.warehouse("later", image: repository),
                    to: "manifests/later.yaml"
                )
                site.responder.signal(SIGHUP)
                try eventually("it is reloaded") { site.log.contains("reloaded") }
                for round in 1...2 {
                    let token = try site.token(of: "kargo-demo/later")
                    let output = try site.command("redeliver", String(original.id.prefix(18))).succeeded()
                    let rows = try site.deliveries()
                    #expect(rows.count == 1 + round)
                    #expect(output == "\(original.id): redelivered as \(rows[round].id)\n")
                    #expect(
                        rows[round].redeliveryOf == original.id && rows[round].receiver == original.receiver
                    )
                    #expect(rows[round].targets.map(\.target) == ["kargo-demo/later"])
                    try eventually("it is refreshed") { try site.token(of: "kargo-demo/later") != token }
                }
                // The log of the service has it, too.
                #expect(site.log.contains("of=\(original.id)"))
                let text = try site.command("deliveries", "show", try site.deliveries()[1].id).succeeded()
                #expect(text.contains("redelivery  of \(original.id)\n"))
            }
        }

        @Test func `What cannot be delivered once more says why`() throws {
            try Site.with { site in
                expect(try site.deliver(Payload.harborPush(paddedTo: 300_000)), 200)
                expect(try site.deliver(to: "cluster-receiver"), 200)
                let ids = try site.deliveries().map(\.id)
                try site.folder.write("", to: "manifests/cluster.yaml")
                site.responder.signal(SIGHUP)
                try eventually("it is reloaded") { site.log.contains("reloaded") }
                let command = try site.command("redeliver", ids[0], ids[1])
                #expect(command.status == .exited(1))
                #expect(
                    command.output.contains(
                        "\(ids[0]): cannot be redelivered: only the beginning of its body"
                    )
                )
                #expect(
                    command.output.contains("\(ids[1]): cannot be redelivered: its receiver does not exist")
                )
                #expect(try site.deliveries().count == 2)
                let none = try site.command("redeliver", "ffff")
                #expect(none.status == .exited(1) && none.errors.contains("ffff"))
            }
        }

        @Test func `While no service runs it stays pending, and the next one does it`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                let original = try site.deliveries()[0].id
                site.responder.signal(SIGTERM)
                _ = try site.responder.waitForEnd()
                let command = try site.command("redeliver", original, "--output", "json")
                #expect(command.status == .exited(75))
                #expect(
                    command.output.contains(#""outcome" : "pending""#)
                        && command.output.contains("no service runs")
                )
                #expect(try site.deliveries().count == 1)
                let next = try Responder(.spawnFCGI, in: site.folder, config: "config.yaml")
                defer { next.end() }
                try eventually("the next service redelivers") { try site.deliveries().count == 2 }
                #expect(try site.deliveries()[1].redeliveryOf == original)
            }
        }
    }
}
