// SPDX-License-Identifier: Apache-2.0

import Glibc
import Kubernetes
import POSIX
import TestSupport
import Testing

extension RealServerTests {
    /// From nginx to the annotation: the program with a cluster as source and sink.
    @Suite struct ServingTests {
        @Test func `A push annotates its Warehouse alone, and a second one gives a greater token`()
            async throws
        {
            let project = try await Project("serving", warehouses: 2)
            try await Site.with(project.setup()) { site in
                try project.waitUntilServed(site)
                expect(
                    try site.nginx.exchange(try project.push()),
                    200,
                    #"{"msg":"refreshed 1 warehouse(s)"}"#
                )
                let first = try #require(try await project.token())
                let managed = try await project.warehouse(0).decode(Managed.self).metadata.managedFields
                #expect(managed.contains { $0.manager == "webhook-fcgi" && $0.operation == "Update" })
                expect(
                    try site.nginx.exchange(try project.push()),
                    200,
                    #"{"msg":"refreshed 1 warehouse(s)"}"#
                )
                #expect(try #require(try await project.token()) > first)
                #expect(try await project.token(1) == nil)
            }
        }

        @Test func `A sender does not wait for a Warehouse that is gone`() async throws {
            let project = try await Project("serving-gone")
            try await project.server.delete(RealServerTests.path(project.name, "w-0"))
            // The folder still has it.
            let setup = try project.setup(Setup(patchesCluster: true, confirmTimeout: "10s"))
            try Site.with(setup) { site in
                let start = ContinuousClock.now
                expect(try site.nginx.exchange(try project.push()), 202)
                #expect(start.duration(to: .now) < .seconds(10))
                try eventually("the log says so: \(site.log)") {
                    site.log.contains("cannot refresh") && site.log.contains("'w-0'")
                }
            }
        }

        @Test func `A cluster's receiver acts in every namespace`() async throws {
            let project = try await Project("serving-cluster")
            let neighbour = try await Project("serving-neighbour")
            try await neighbour.server.create(
                RealServerTests.path(neighbour.name),
                Manifests.warehouse("same", image: project.repository(0), namespace: neighbour.name)
            )
            let namespace = "kargo-system-resources"
            _ = try await prepare(namespace)
            let secret = Manifests.secret("cluster", "auth-header", Secrets.cluster, namespace: namespace)
            try await project.server.create("/api/v1/namespaces/\(namespace)/secrets", secret)
            let configs = "/apis/kargo.akuity.io/v1alpha1/clusterconfigs"
            try await project.server.create(
                configs,
                """
                apiVersion: kargo.akuity.io/v1alpha1
                kind: ClusterConfig
                metadata: { name: cluster }
                spec: { webhookReceivers: [ { name: everywhere, harbor: { secretRef: { name: cluster } } } ] }
                """
            )
            try await Site.with(project.setup()) { site in
                try project.waitUntilServed(site)
                let path = try project.path(of: "everywhere", in: "", secret: Secrets.cluster)
                let push = try project.push(to: path, secret: Secrets.cluster)
                expect(try site.nginx.exchange(push), 200, #"{"msg":"refreshed 2 warehouse(s)"}"#)
                let reply = try await project.server.send("GET", RealServerTests.path(neighbour.name, "same"))
                #expect(reply.body.contains("kargo.akuity.io/refresh"))
                #expect(try await neighbour.token() == nil)
            }
            try await project.server.delete("\(configs)/cluster")
        }

        @Test(arguments: [false, true])
        func `What changes in the cluster is served by itself, with or without SIGHUP`(
            _ isReloaded: Bool
        ) async throws {
            let name = "serving-changes-\(isReloaded ? "reloaded" : "left")"
            let project = try await Project(name)
            let server = project.server
            try await Site.with(project.setup()) { site in
                try project.waitUntilServed(site)
                func expectServed(_ what: String, _ request: () throws -> HTTPRequest) throws {
                    if isReloaded { site.responder.signal(SIGHUP) }
                    try eventually("\(what) is served: \(site.log)") {
                        let body = try site.nginx.exchange(try request()).body
                        return body == #"{"msg":"refreshed 1 warehouse(s)"}"#
                    }
                }

                expectNobodyRefreshed(try site.nginx.exchange(try project.push(1)))
                try await project.createWarehouse(1)
                try expectServed("a new Warehouse") { try project.push(1) }

                let configs = "/apis/kargo.akuity.io/v1alpha1/namespaces/\(name)/projectconfigs"
                let receivers = [name, "another"].map {
                    #"{"name":"\#($0)","harbor":{"secretRef":{"name":"harbor"}}}"#
                }
                let patch = #"{"spec":{"webhookReceivers":[\#(receivers.joined(separator: ","))]}}"#
                let path = try project.path(of: "another")
                expect(try site.nginx.exchange(try project.push(to: path)), 404)
                try await server.mergePatch("\(configs)/\(name)", patch)
                try expectServed("a new receiver") { try project.push(to: path) }

                let secret = "Bearer \(Secrets.mark)-changed"
                let old = try project.path()
                try await server.mergePatch(
                    "/api/v1/namespaces/\(name)/secrets/harbor",
                    #"{"stringData":{"auth-header":"\#(secret)"}}"#
                )
                try expectServed("another secret") { try project.push(secret: secret) }
                expect(try site.nginx.exchange(try project.push(to: old)), 404)

                try await server.delete(RealServerTests.path(name, "w-1"))
                try eventually("a deleted Warehouse is forgotten") {
                    try site.nginx.exchange(try project.push(1, secret: secret)).body
                        .contains("no Warehouse subscribes to")
                }
                #expect(site.log.contains("reloaded") == isReloaded)
                #expect(!site.log.contains(Secrets.mark))
            }
        }

        @Test func `A receiver answers where Kargo's own server has answered, too`() async throws {
            let project = try await Project("serving-status")
            let path = "/kargo/webhooks/harbor/\(String(repeating: "0123456789abcdef", count: 4))"
            try await project.server.mergePatch(
                "/apis/kargo.akuity.io/v1alpha1/namespaces/\(project.name)/projectconfigs/\(project.name)/status",
                """
                {"status":{"webhookReceivers":[
                    {"name":"\(project.name)","path":"\(path)","url":"https://kargo.example.com\(path)"}
                ]}}
                """
            )
            try Site.with(project.setup()) { site in
                try project.waitUntilServed(site)
                for path in [path, try project.path()] {
                    let push = try project.push(to: path)
                    expect(try site.nginx.exchange(push), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                }
                let config = "\(site.folder.path)/config.yaml"
                let locations = try Command.webhookFCGI("nginx", "--config", config).succeeded()
                #expect(locations.contains("location = \(path) {"))
                #expect(locations.contains("location = \(try project.path()) {"))
            }
        }
    }
}
