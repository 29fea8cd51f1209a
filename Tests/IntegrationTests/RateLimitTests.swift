// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// `limits.perReceiver`.
    @Suite struct RateLimitTests {
        private let refreshed = #"{"msg":"refreshed 1 warehouse(s)"}"#
        private let setup = Setup(settings: ["limits: { perReceiver: { rate: 1/h, burst: 3 } }"])

        private func expectTooMany(_ reply: HTTPReply) {
            expect(reply, 429, #"{"error":"too many deliveries to this receiver, try again later"}"#)
            let seconds = reply["Retry-After"].flatMap { Int($0) } ?? 0
            #expect((1...3600).contains(seconds))
            #expect(reply["Content-Type"] == "application/json")
        }

        @Test func `A noisy receiver gets 429, and the others go on`() throws {
            try Site.with(setup) { site in
                for _ in 0..<3 { expect(try site.deliver(), 200, refreshed) }
                expectTooMany(try site.deliver())
                // Not even read.
                expectTooMany(try site.deliver(Array("no JSON".utf8)))
                expect(try site.deliver(Payload.dockerHubPush(), to: "dockerhub-receiver"), 200, refreshed)
                expect(
                    try site.deliver(to: "cluster-receiver"),
                    200,
                    #"{"msg":"refreshed 2 warehouse(s)"}"#
                )
                #expect(site.log.contains(#" status=429 "#))
                #expect(site.log.contains(#"reason="too many deliveries to this receiver, try again later""#))
            }
        }

        @Test func `Forged deliveries use nothing up, and reloads give nothing back`() throws {
            try Site.with(setup) { site in
                var forged = try site.request()
                forged.headers = [("Authorization", "forged")]
                for _ in 0..<10 { expect(try site.nginx.exchange(forged), 401) }
                for _ in 0..<3 { expect(try site.deliver(), 200, refreshed) }
                site.responder.signal(SIGHUP)
                try eventually("it is reloaded") { site.log.contains(" reloaded") }
                expectTooMany(try site.deliver())
                try site.folder.write(Setup(settings: []).config, to: "config.yaml")
                site.responder.signal(SIGHUP)
                try eventually("it is reloaded") { site.log.count(of: " reloaded") == 2 }
                expect(try site.deliver(), 200, refreshed)
            }
        }

        @Test func `All loops of a process share it`() throws {
            var setup = setup
            setup.settings.append("responders: 4")
            try Site.with(setup) { site in
                let replies = try (0..<24).map { _ in
                    let request = try site.request()
                    let port = site.nginx.port
                    return Worker { try HTTPConnection(port: port).exchange(request) }
                }.map { try $0.join() }
                #expect(replies.count { [200, 202].contains($0.status) } == 3)
                #expect(replies.count { $0.status == 429 } == 21)
            }
        }
    }
}
