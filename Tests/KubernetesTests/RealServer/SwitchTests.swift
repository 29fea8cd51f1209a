// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

extension RealServerTests {
    /// SIGHUP with another source or sink.
    @Suite struct SwitchTests {
        @Test func `From a folder to the cluster and back`() async throws {
            let project = try await Project("switch-source")
            let folder = try project.setup(Setup(patchesCluster: true))
            var away = folder
            away.readsCluster = true
            try await Site.with(folder) { site in
                func reload(_ setup: Setup, _ files: [String: String]) async throws {
                    for (name, text) in files { try site.folder.write(text, to: name) }
                    try site.folder.write(setup.config, to: "config.yaml")
                    let count = site.log.ranges(of: "reloaded").count
                    site.responder.signal(SIGHUP)
                    try eventually("it is reloaded: \(site.log)") {
                        site.log.ranges(of: "reloaded").count > count
                    }
                }
                // In the cluster alone.
                try await project.createWarehouse(1)
                let refreshed = #"{"msg":"refreshed 1 warehouse(s)"}"#
                expectNobodyRefreshed(try site.nginx.exchange(try project.push(1)))

                // A cluster that cannot be read: what was there goes on.
                try await reload(away, try Project.kubeconfig(port: Int(try FreePort.find())))
                try eventually("the log says so: \(site.log)") {
                    site.log.contains(
                        "the cluster cannot be read, everything goes on with what was read last"
                    )
                }
                expect(try site.nginx.exchange(try project.push()), 200, refreshed)

                try await reload(folder, [:])
                try await reload(away, folder.files)
                try eventually("the cluster is served: \(site.log)") {
                    try site.nginx.exchange(try project.push(1)).body == refreshed
                }

                try await reload(folder, [:])
                expectNobodyRefreshed(try site.nginx.exchange(try project.push(1)))
                expect(try site.nginx.exchange(try project.push()), 200, refreshed)
            }
        }

        @Test func `From files to the cluster`() async throws {
            let project = try await Project("switch-sink")
            let files = try project.setup(Setup())
            var cluster = files
            cluster.patchesCluster = true
            try await Site.with(files) { site in
                expect(try site.nginx.exchange(try project.push()), 200)
                #expect(site.refreshed == ["switch-sink/warehouses/w-0.yaml"])
                #expect(try await project.token() == nil)
                try site.folder.write(cluster.config, to: "config.yaml")
                site.responder.signal(SIGHUP)
                try eventually("it is reloaded: \(site.log)") { site.log.contains("reloaded") }
                let before = try site.token(of: "switch-sink/w-0")
                expect(try site.nginx.exchange(try project.push()), 200)
                #expect(try await project.token() != nil)
                #expect(try site.token(of: "switch-sink/w-0") == before)
            }
        }
    }
}
