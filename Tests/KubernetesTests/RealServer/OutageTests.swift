// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import TestSupport
import Testing

extension RealServerTests {
    /// The API server is away: deliveries are kept, and arrive when it is back.
    @Suite struct OutageTests {
        @Test func `Without a cluster senders are told to come again, and the program can be stopped`()
            throws
        {
            let files = try Project.kubeconfig(port: Int(try FreePort.find()))
            try Site.with(Setup(files: files, readsCluster: true, patchesCluster: true)) { site in
                let push = HTTPRequest(path: "/webhooks/harbor/0", body: Payload.harborPush())
                for _ in 0..<3 {
                    let reply = try site.nginx.exchange(push)
                    expect(reply, 503, #"{"error":"the receivers are not known yet, try again later"}"#)
                    #expect(reply["Retry-After"] == "10")
                }
                try eventually("the log says why: \(site.log)") {
                    site.log.contains("the cluster cannot be read yet, senders get 503")
                        && site.log.contains("Connection refused")
                }
                #expect(site.log.contains("waiting for the cluster to be read"))

                let check = try Command.webhookFCGI("check", "--config", "\(site.folder.path)/config.yaml")
                #expect(check.status == .exited(1))
                #expect(check.output.contains("the cluster cannot be read"))

                try expectStop(site)
            }
        }

        @Test func `A cluster that never answers does not keep the program from ending`() async throws {
            let project = try await Project("outage-silent")
            let silent = try await ScriptedServer { _, _ in [.stall] }
            let files = try Project.kubeconfig(port: silent.port)
            var setup = Setup(files: files, patchesCluster: true, confirmTimeout: "100ms")
            setup.patchTimeout = "300s"
            try Site.with(project.setup(setup)) { site in
                expect(try site.nginx.exchange(try project.push()), 202)
                try eventually("the patch is under way") { !silent.requests.isEmpty }
                try expectStop(site)
            }
        }

        @Test func `A cluster that comes after the responder is served without a restart`() async throws {
            let project = try await Project("outage-start")
            try await project.server.whileAway {
                try await Site.with(project.setup()) { site in
                    expect(try site.nginx.exchange(try project.push()), 503)
                    try await project.server.restart()
                    try project.waitUntilServed(site)
                    try eventually("the log says so: \(site.log)") {
                        site.log.contains("the cluster can be read again")
                    }
                }
            }
        }

        @Test func `A probe gets 503 until the cluster has been read for the first time`() async throws {
            let project = try await Project("outage-probe-start")
            try await project.server.whileAway {
                try await Site.with(project.setup()) { site in
                    try eventually("the probe learns why: \(site.log)") {
                        let reply = try site.health()
                        #expect(reply.status == 503)
                        #expect(
                            reply.body.hasPrefix(
                                #"{"status":"not ready","problems":[{"part":"source","problem":"the cluster "#
                            ),
                            "\(reply.body)"
                        )
                        return reply.body.contains("the cluster cannot be read yet, senders get 503: ")
                    }
                    try await project.server.restart()
                    try project.waitUntilServed(site)
                    try expectNoProblem(site)
                }
            }
        }

        @Test func `A probe gets 200 and the name of the problem while the API server is away`() async throws
        {
            let project = try await Project("outage-probe")
            try await Site.with(project.setup()) { site in
                try project.waitUntilServed(site)
                try expectNoProblem(site)
                try await project.server.whileAway {
                    let problem = "the cluster cannot be read, everything goes on with what was read last: "
                    try eventually("the probe learns of it: \(site.log)") {
                        let reply = try site.health()
                        #expect(reply.status == 200)
                        return reply.body.contains(
                            #"{"status":"ready","problems":[{"part":"source","problem":"\#(problem)"#
                        )
                    }
                }
                try expectNoProblem(site)
            }
        }

        @Test func `An API server that is killed under load costs no delivery and no refresh`() async throws {
            let project = try await Project("outage-load", warehouses: 8)
            var setup = Setup(readsCluster: true, patchesCluster: true, confirmTimeout: "100ms")
            setup = try project.setup(setup)
            try await Site.with(setup) { site in
                try project.waitUntilServed(site)
                let senders = Senders(site, project)
                try senders.waitForPushes(200)
                try await project.server.whileAway { try senders.waitForPushes(200) }
                try senders.waitForPushes(200)
                let pushes = try senders.stop()
                #expect(pushes.filter { ![200, 202].contains($0.status) }.isEmpty)
                #expect(pushes.lastSuccesses.count == 8)
                try await project.waitUntilRefreshed(since: pushes.lastSuccesses)
                for words in [
                    "the cluster cannot be read, everything goes on with what was read last",
                    "cannot refresh",
                    "the cluster can be read again",
                ] {
                    try eventually("the log says '\(words)': \(site.log)", within: .seconds(60)) {
                        site.log.contains(words)
                    }
                }
                #expect(site.nginx.brokenReplies.isEmpty)
                #expect(site.nginx.brokenConnections.isEmpty)
            }
        }

        @Test func `What a responder has accepted without the cluster another one delivers when it is back`()
            async throws
        {
            let project = try await Project("outage-killed", warehouses: 4)
            var setup = Setup(readsCluster: true, patchesCluster: true, confirmTimeout: "50ms")
            setup = try project.setup(setup)
            try await Site.with(setup) { site in
                try project.waitUntilServed(site)
                var times: [Timestamp] = []
                try await project.server.whileAway {
                    for index in 0..<4 {
                        times.append(.now())
                        expect(try site.nginx.exchange(try project.push(index)), 202)
                    }
                    site.responder.signal(SIGKILL)
                    _ = try site.responder.waitForEnd()
                    let next = try Responder(.listening, in: site.folder)
                    defer { next.end() }
                    expect(try site.nginx.exchange(try project.push()), 503)
                    try await project.server.restart()
                    try await project.waitUntilRefreshed(since: times)
                }
            }
        }

        /// In the end: another problem may still be on the way.
        private func expectNoProblem(_ site: Site) throws {
            try eventually("no problem is left: \(site.log)") {
                let reply = try site.health()
                #expect(reply.status == 200)
                return reply.body == #"{"status":"ready","problems":[]}"# + "\n"
            }
        }

        private func expectStop(_ site: Site) throws {
            site.responder.signal(SIGTERM)
            let status = try site.responder.waitForEnd()
            #expect(status == .exited(0))
            #expect(site.log.contains("stopped") && !site.log.contains("in flight"))
        }
    }
}
