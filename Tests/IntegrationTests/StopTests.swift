// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import TestSupport
import Testing

extension IntegrationTests {
    /// The end of a process: whatever was promised is kept, and nobody is cut off.
    @Suite struct StopTests {
        /// It ended by itself, and not because its time for that was over.
        private func expectEnd(_ site: Site) throws {
            let status = try site.responder.waitForEnd()
            #expect(status == .exited(0))
            #expect(site.log.contains("stopped") && !site.log.contains("in flight"), "\(site.log)")
        }

        private func expectNothingBroken(_ site: Site) {
            #expect(site.nginx.brokenReplies.isEmpty)
            #expect(site.nginx.brokenConnections.isEmpty)
        }

        @Test(arguments: [SIGTERM, SIGINT], [true, false])
        func `Under load a process finishes what it has and exits with 0`(
            _ signal: Int32,
            _ keepsConnections: Bool
        ) throws {
            let setup = Setup(manifests: Load.manifests(clients: 16), keepsConnections: keepsConnections)
            try Site.with(setup) { site in
                let load = try Load(site, clients: 16)
                try load.waitForPushes(300)
                site.responder.signal(signal)
                try expectEnd(site)
                let pushes = try load.stop()
                #expect(pushes.lost.isEmpty)
                // Nobody listens any more, which nginx says with a 502 of its own.
                #expect(pushes.failures.allSatisfy { $0.status == 502 }, "\(pushes.failures)")
                expectNothingBroken(site)
            }
        }

        @Test(arguments: [Responder.Start.spawnFCGI, .listening])
        func `A process without work ends`(_ start: Responder.Start) throws {
            try Site.with(Setup(start: start)) { site in
                site.responder.signal(SIGTERM)
                try expectEnd(site)
            }
        }

        @Test func `The socket that the process made is gone with it`() throws {
            try Site.with(Setup(start: .listening)) { site in
                #expect(site.folder.files(below: ".").contains("socket"))
                site.responder.signal(SIGTERM)
                try expectEnd(site)
                #expect(!site.folder.files(below: ".").contains("socket"))
            }
        }

        @Test func `Connections that are idle, kept or stalled do not keep a process from ending`() throws {
            try Site.with { site in
                let connections = try (0..<30).map { _ in try site.responder.connect() }
                for connection in connections[..<10] {
                    #expect(
                        try connection.exchange(try site.fastCGIRequest(keepsConnection: true))?.status == 200
                    )
                }
                for connection in connections[10..<13] {
                    try connection.send(try site.fastCGIRequest().beginning)
                }
                site.responder.signal(SIGTERM)
                try expectEnd(site)
                withExtendedLifetime(connections) {}
            }
        }

        @Test func `A delivery that waits for the sink is finished before the process ends`() throws {
            try Site.with { site in
                let lock = try SinkLock(site.observer)
                let client = try site.nginx.connect()
                try client.send(try site.request())
                try eventually("the delivery waits for the lock") {
                    openFiles(of: site.responder.pids[0]).contains { $0.hasSuffix("/.lock") }
                }
                site.responder.signal(SIGTERM)
                lock.unlock()
                expect(try client.receive(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                try expectEnd(site)
                #expect(site.nginx.brokenReplies.isEmpty)
                #expect(site.nginx.brokenConnections.isEmpty)
            }
        }

        @Test func `A Harbor that does not answer does not keep a process from ending`() async throws {
            try await CatalogueSite.with(.folder, Setup(confirmTimeout: "0ms")) { catalogue in
                catalogue.harbor.hold()
                expect(try catalogue.deliver(Payload.harborEvent("PUSH_ARTIFACT", "team-a/x")), 202)
                try await waitUntil("Harbor is asked") { catalogue.harbor.underWay.now > 0 }
                catalogue.site.responder.signal(SIGTERM)
                try expectEnd(catalogue.site)
                // It has not waited for the end of Harbor's time.
                #expect(catalogue.site.log.contains("put off"), "\(catalogue.site.log)")
                catalogue.harbor.release()
            }
        }

        @Test(arguments: [true, false])
        func `While one of two processes ends, the other keeps every delivery at 200`(
            _ keepsConnections: Bool
        ) throws {
            let manifests = Load.manifests(clients: 16)
            let setup = Setup(manifests: manifests, start: .forks(2), keepsConnections: keepsConnections)
            try Site.with(setup) { site in
                let load = try Load(site, clients: 16)
                try load.waitForPushes(300)
                kill(site.responder.pids[0], SIGTERM)
                try eventually("one process ended") { !isRunning(site.responder.pids[0]) }
                try load.waitForPushes(300)
                let pushes = try load.stop()
                #expect(pushes.failures.isEmpty)
                #expect(pushes.lost.isEmpty)
                expectNothingBroken(site)
                #expect(isRunning(site.responder.pids[1]))
            }
        }

        @Test func `A process that is killed takes no delivery with it`() throws {
            try Site.with(Setup(manifests: Load.manifests(clients: 16), start: .forks(2))) { site in
                let load = try Load(site, clients: 16)
                try load.waitForPushes(300)
                kill(site.responder.pids[0], SIGKILL)
                try load.waitForPushes(300)
                let pushes = try load.stop()
                #expect(pushes.failures.isEmpty)
                #expect(pushes.lost.isEmpty)
            }
        }
    }
}
