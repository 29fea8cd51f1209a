// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// What `check` says about what runs.
    @Suite struct RunningTests {
        private func check(_ site: Site) throws -> Command {
            try Command.webhookFCGI("check", "--config", "\(site.folder.path)/config.yaml")
        }

        private func sockets(_ site: Site) -> [String] {
            site.folder.entries(below: "state").filter { $0.hasSuffix(".sock") }
        }

        /// Has a site of which every process can be asked: they answer deliveries a moment before that.
        private func withSite(_ setup: Setup = Setup(), _ body: (Site) throws -> Void) throws {
            try Site.with(setup) { site in
                try eventually("all can be asked") { sockets(site).count == site.responder.pids.count }
                try body(site)
            }
        }

        @Test func `Without a server it says so`() throws {
            let folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
            let check = try Command.webhookFCGI("check", "--config", "\(folder.path)/config.yaml")
            #expect(check.status == .exited(0))
            #expect(check.output == "no server runs with this state directory\nno problems\n")
        }

        @Test func `What changed by itself is no difference`() throws {
            try withSite { site in
                let same =
                    "process \(site.responder.pids[0]) serving these receivers and Warehouses\nno problems\n"
                #expect(try check(site).output == same)
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write(manifest, to: "manifests/new.yaml")
                try eventually("it is read") { site.log.contains("the manifests have changed") }
                #expect(try check(site).output == same)
            }
        }

        @Test func `What is held up is named, and what holds it up`() throws {
            try withSite { site in
                let manifest = Manifests.warehouse("new", image: "registry.example.com/new")
                try site.folder.write("a: b: c", to: "manifests/broken.yaml")
                try eventually("it is noticed") { site.log.contains("cannot be read, everything goes on") }
                try site.folder.write(manifest, to: "manifests/new.yaml")
                let check = try check(site)
                #expect(check.status == .exited(1))
                #expect(
                    check.output.contains(
                        "process \(site.responder.pids[0]) serving something else, and it stays so because of "
                            + "\(site.folder.path)/manifests/broken.yaml:1: "
                    ),
                    "\(check.output)"
                )
                #expect(check.output.contains("\n  + Warehouse kargo-demo/new\n"))
                #expect(!check.output.contains(Secrets.mark))
            }
        }

        @Test func `What SIGHUP would change is named, and no difference after it`() throws {
            try withSite { site in
                let pid = site.responder.pids[0]
                let config = Setup().config.replacing(
                    "hooks.example.com/webhooks",
                    with: "hooks.example.com/other"
                )
                try site.folder.write(config, to: "config.yaml")
                #expect(
                    try check(site).output == """
                        process \(pid) serving something else, and with a reload:
                          ~ receiver cluster-receiver
                          ~ receiver kargo-demo/azure-receiver
                          ~ receiver kargo-demo/dockerhub-receiver
                          ~ receiver kargo-demo/harbor-receiver
                        no problems

                        """
                )
                site.responder.signal(SIGHUP)
                try eventually("it is reloaded") { site.log.contains(" reloaded") }
                #expect(
                    try check(site).output
                        == "process \(pid) serving these receivers and Warehouses\nno problems\n"
                )
            }
        }

        @Test func `Several processes are named together`() throws {
            try withSite(Setup(start: .forks(2))) { site in
                let pids = site.responder.pids.sorted().map(String.init).joined(separator: ", ")
                let same = "processes \(pids) serving these receivers and Warehouses\nno problems\n"
                let check = try check(site)
                #expect(check.output == same)
            }
        }

        @Test func `One that was killed is none, and the next removes what it left`() throws {
            try withSite { site in
                site.responder.signal(SIGKILL)
                try eventually("it has ended") { !isRunning(site.responder.pids[0]) }
                #expect(sockets(site).count == 1)
                #expect(try check(site).output.hasPrefix("no server runs"))
                let next = try Responder(.listening, in: site.folder)
                defer { next.end() }
                try eventually("the next one answers") {
                    try check(site).output.hasPrefix(
                        "process \(next.pids[0]) serving these receivers and Warehouses"
                    )
                }
                #expect(sockets(site).count == 1)
                next.end()
                #expect(sockets(site).isEmpty)
            }
        }
    }
}
