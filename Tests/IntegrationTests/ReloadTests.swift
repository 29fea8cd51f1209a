// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// SIGHUP: everything anew, or nothing at all.
    @Suite struct ReloadTests {
        /// Sends SIGHUP and waits for what the log says about it.
        private func reload(_ site: Site, says text: String = "reloaded") throws {
            let before = site.log.count(of: text)
            site.responder.signal(SIGHUP)
            try eventually("the log says '\(text)': \(site.log)") { site.log.count(of: text) > before }
        }

        @Test func `A Warehouse that was added is refreshed after the reload`() throws {
            try Site.with { site in
                let push = Payload.harborPush(of: "registry.example.com/new")
                expectNobodyRefreshed(try site.deliver(push))
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write(manifest, to: "manifests/new.yaml")
                try reload(site)
                expect(try site.deliver(push), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                #expect(site.refreshed == ["kargo-demo/warehouses/new.yaml"])
            }
        }

        @Test func `A receiver that was added answers after the reload`() throws {
            try Site.with { site in
                let receiver = "  - { name: new-receiver, harbor: { secretRef: { name: new-secret } } }"
                try site.folder.write(Manifests.projectConfig(more: receiver), to: "manifests/projects.yaml")
                let secret = Manifests.secret("new-secret", "auth-header", "another")
                try site.folder.write(secret, to: "manifests/new.yaml")
                let row = try #require(try site.currentReceivers().first { $0.name == "new-receiver" })
                let headers = [("Authorization", "another")]
                let request = HTTPRequest(path: row.path, headers: headers, body: Payload.harborPush())
                try reload(site)
                expect(try site.nginx.exchange(request), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `A receiver that was removed is unknown after the reload`() throws {
            try Site.with { site in
                try FileManager.default.removeItem(atPath: "\(site.folder.path)/manifests/projects.yaml")
                try reload(site)
                expect(try site.deliver(), 404, #"{"error":"not found"}"#)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test func `A manifest that does not parse changes nothing, and the log says where it is`() throws {
            try Site.with { site in
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write(manifest, to: "manifests/new.yaml")
                try site.folder.write("kind: Warehouse\n  metadata: [\n", to: "manifests/broken.yaml")
                try reload(site, says: "reload failed")
                #expect(site.log.contains("manifests/broken.yaml:2: "))
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                let push = Payload.harborPush(of: "registry.example.com/new")
                expectNobodyRefreshed(try site.deliver(push))
            }
        }

        @Test(arguments: ["limit: { bodyBytes: 10 }", "limits: { bodyBytes: none }", "a: b: c"])
        func `Settings that make no sense change nothing, and the log says why`(_ line: String) throws {
            try Site.with { site in
                try site.folder.write(Setup(settings: [line]).config, to: "config.yaml")
                try reload(site, says: "reload failed")
                #expect(site.log.contains("config.yaml:6: "))
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `Settings that are gone change nothing`() throws {
            try Site.with { site in
                try FileManager.default.removeItem(atPath: "\(site.folder.path)/config.yaml")
                try reload(site, says: "reload failed")
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `After a failed reload one that works is taken`() throws {
            try Site.with { site in
                try site.folder.write("a: [", to: "manifests/broken.yaml")
                try reload(site, says: "reload failed")
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write(manifest, to: "manifests/broken.yaml")
                try reload(site)
                let push = Payload.harborPush(of: "registry.example.com/new")
                expect(try site.deliver(push), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `A changed limit applies`() throws {
            try Site.with { site in
                let body = Payload.harborPush(paddedTo: 1001)
                expect(try site.deliver(body), 200)
                try site.folder.write(
                    Setup(settings: ["limits: { bodyBytes: 1000 }"]).config,
                    to: "config.yaml"
                )
                try reload(site)
                expect(try site.deliver(body), 413, #"{"error":"content exceeds limit of 1000 bytes"}"#)
            }
        }

        @Test func `A changed sink applies`() throws {
            try Site.with { site in
                try site.folder.write(Setup(sink: "elsewhere").config, to: "config.yaml")
                try reload(site)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                #expect(site.refreshed.isEmpty)
                #expect(
                    site.folder.files(below: "elsewhere").contains("kargo-demo/warehouses/guestbook.yaml")
                )
            }
        }

        @Test func `A changed log format applies`() throws {
            try Site.with { site in
                try site.folder.write(Setup(logFormat: "json").config, to: "config.yaml")
                try reload(site)
                expect(try site.deliver(), 200)
                try eventually("a line of JSON") { site.log.split(separator: "\n").last?.first == "{" }
            }
        }

        @Test func `Reloads under load cost no delivery`() throws {
            try Site.with(Setup(manifests: Load.manifests(clients: 8))) { site in
                let load = try Load(site, clients: 8)
                for _ in 0..<10 {
                    try load.waitForPushes(20)
                    try reload(site)
                }
                let pushes = try load.stop()
                #expect(pushes.failures.isEmpty)
                #expect(pushes.lost.isEmpty)
                #expect(site.nginx.brokenReplies.isEmpty)
                #expect(site.nginx.brokenConnections.isEmpty)
            }
        }
    }
}
