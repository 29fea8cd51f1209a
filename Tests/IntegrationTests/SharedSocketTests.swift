// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import TestSupport
import Testing

extension IntegrationTests {
    /// `spawn-fcgi -F 4`: four processes with one socket and one sink.
    @Suite struct SharedSocketTests {
        private static let clients = 32

        private static var setup: Setup {
            Setup(manifests: Load.manifests(clients: clients), start: .forks(4))
        }

        @Test func `Each of four processes answers`() throws {
            var setup = Self.setup
            // A kept connection stays with the process that took it.
            setup.keepsConnections = false
            try Site.with(setup) { site in
                #expect(Set(site.responder.pids).count == 4)
                let before = site.responder.pids.map(bytesWritten)
                let load = try Load(site, clients: Self.clients)
                try eventually("each of them has written replies") {
                    zip(before, site.responder.pids.map(bytesWritten)).allSatisfy { $1 > $0 }
                }
                #expect(try load.stop().failures.isEmpty)
            }
        }

        @Test func `Every refresh of four processes is on disk when it is answered`() throws {
            try Site.with(Self.setup) { site in
                let load = try Load(site, clients: Self.clients)
                try load.waitForPushes(1000)
                let pushes = try load.stop()
                #expect(pushes.failures.isEmpty)
                #expect(pushes.lost.isEmpty)
                #expect(site.nginx.brokenReplies.isEmpty)
                #expect(site.nginx.brokenConnections.isEmpty)
            }
        }

        /// All push to one Warehouse; a reader looks at its file all the time.
        @Test func `Tokens of one Warehouse increase and its file is never half-written`() throws {
            try Site.with(Setup(start: .forks(4))) { site in
                expect(try site.deliver(), 200)
                let observer = site.observer
                let flag = Flag()
                let reader = Worker {
                    var tokens: [Timestamp] = []
                    while !flag.isSet {
                        guard let token = try observer.token(of: "kargo-demo/guestbook") else {
                            throw Failure("the file is gone")
                        }
                        if token != tokens.last { tokens.append(token) }
                    }
                    return tokens
                }
                let request = try site.request()
                let clients = try (0..<Self.clients).map { _ in try site.nginx.connect() }
                for _ in 0..<20 {
                    for client in clients { try client.send(request) }
                    for client in clients { expect(try client.receive(), 200) }
                }
                flag.set()
                let tokens = try reader.join()
                #expect(tokens.count > 1)
                #expect(zip(tokens, tokens.dropFirst()).allSatisfy { $0 < $1 })
                #expect(site.refreshed == ["kargo-demo/warehouses/guestbook.yaml"])
            }
        }

        @Test func `A reload reaches every process that is told`() throws {
            try Site.with(Setup(start: .forks(4))) { site in
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write(manifest, to: "manifests/new.yaml")
                site.responder.signal(SIGHUP)
                try eventually("four reloads") { site.log.count(of: "reloaded") == 4 }
                for _ in 0..<40 {
                    let reply = try site.deliver(Payload.harborPush(of: "registry.example.com/new"))
                    expect(reply, 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                }
            }
        }

        @Test func `Four processes end when they are told`() throws {
            try Site.with(Setup(start: .forks(4))) { site in
                site.responder.signal(SIGTERM)
                try eventually("all have ended") {
                    !site.responder.pids.contains(where: isRunning)
                }
            }
        }
    }
}
