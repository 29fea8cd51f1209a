// SPDX-License-Identifier: Apache-2.0

import Foundation
import Handlers
import Kubernetes
import TestSupport
import Testing

@testable import Config

extension RealServerTests {
    @Suite struct SourceTests {
        @Test func `Everything in the cluster is loaded`() async throws {
            let project = try await KargoProject("load")
            let system = try await KargoProject("kargo-system-resources")
            try await project.putConfig(["a": "secret"])
            try await project.putSecret("secret", "s3cr3t")
            try await project.putWarehouse("w", "r.example.com/load")
            try await system.putClusterConfig(["c": "secret"])
            try await system.putSecret("secret", "other")

            let result = try await project.clusterSource().load()
            #expect(result.isComplete)
            #expect(Set(["/c", "load/a"]).isSubset(of: result.snapshot.receiverNames))
            let receiver = result.snapshot.receiver(at: try project.receiverPath("a", secret: "s3cr3t"))
            #expect(receiver?.name == "a")
            #expect(result.snapshot.targets("r.example.com/load") == ["load/w"])
            try await project.delete("ClusterConfig", "cluster")
            try await project.delete("ProjectConfig", "load")
        }

        @Test func `A list of more than a page is loaded whole`() async throws {
            let project = try await KargoProject("load-pages")
            for start in stride(from: 0, to: 520, by: 20) {
                try await withThrowingTaskGroup { group in
                    for index in start..<start + 20 {
                        group.addTask {
                            try await createWarehouse(project.server, project.name, "w-\(index)")
                        }
                    }
                    try await group.waitForAll()
                }
            }
            let snapshot = try await project.source().load().snapshot
            #expect(snapshot.warehouseCount == 520)
            #expect(snapshot.targets("harbor.example.com/a/b").count == 520)
            try await project.server.delete(path(project.name))
        }

        @Test func `The first that is told is everything`() async throws {
            let project = try await KargoProject("first")
            try await project.putConfig(["a": "secret", "b": "unlabelled"])
            try await project.putSecret("secret", "s3cr3t")
            try await project.putSecret("unlabelled", "s3cr3t", isLabelled: false)
            try await project.putWarehouse("w", "r.example.com/x")
            try await SourceListener.follow(project.source()) { listener in
                try await waitUntil("a snapshot") { !listener.snapshots.isEmpty }
                let first = listener.snapshots[0]
                #expect(first.receiverNames == ["first/a", "first/b"])
                #expect(first.targets("r.example.com/x") == ["first/w"])
            }
        }

        @Test func `A Warehouse that is added, changed and deleted is followed`() async throws {
            let project = try await KargoProject("follow")
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("nothing") { $0.warehouseCount == 0 }
                try await project.putWarehouse("w", "r.example.com/x")
                try await listener.wait("added") { $0.targets("r.example.com/x") == ["follow/w"] }
                try await project.putWarehouse("w", "r.example.com/y")
                try await listener.wait("changed") { $0.targets("r.example.com/y") == ["follow/w"] }
                #expect(listener.snapshots.last?.targets("r.example.com/x") == [])
                try await project.delete("Warehouse", "w")
                try await listener.wait("deleted") { $0.warehouseCount == 0 }
                #expect(listener.snapshots.last?.targets("r.example.com/y") == [])
            }
        }

        @Test func `A CatalogueReceiver is followed with all of its Secrets, labelled or not`() async throws {
            // Which has brought the CRD.
            _ = try await Deployment.shared
            let project = try await KargoProject("catalogue")
            let place = "/apis/webhook-fcgi.dev/v1alpha1/namespaces/catalogue/cataloguereceivers"
            func putSecret(_ name: String, _ data: String, labels: String = "{}") async throws {
                try await project.server.apply(
                    "/api/v1/namespaces/catalogue/secrets/\(name)",
                    #"{"apiVersion":"v1","kind":"Secret","metadata":{"name":"\#(name)","labels":\#(labels)},"stringData":\#(data)}"#
                )
            }
            try await SourceListener.follow(project.source(lookUpInterval: .milliseconds(200))) { listener in
                try await project.server.create(place, Deployment.catalogueReceiver("portal"))
                try await listener.wait("it cannot be used yet") { $0.unusable == ["catalogue/portal"] }
                let label = #"{"kargo.akuity.io/cred-type":"generic"}"#
                try await putSecret("webhook", #"{"webhook-secret":"s3cr3t"}"#, labels: label)
                try await putSecret("harbor", #"{"username":"robot","password":"hunter2"}"#)
                try await putSecret("port", #"{"client-id":"client","client-secret":"hunter3"}"#)
                try await listener.wait("it has everything") {
                    $0.receiverNames == ["catalogue/portal"] && $0.obstructed.isEmpty
                }
                let receiver = try #require(listener.snapshots.last?.receivers.first)
                #expect(
                    receiver.catalogue?.harbor.maxConcurrent == 8 && listener.snapshots.last?.unusable == []
                )
                try await putSecret("harbor", #"{"username":"robot","password":"hunter4"}"#)
                try await listener.wait("it has the new password") {
                    $0.receivers.first?.catalogue?.harbor.password.matches("hunter4") == true
                }
                try await project.server.delete("\(place)/portal")
                try await listener.wait("it is gone") { $0.receivers.isEmpty && $0.unusable == [] }
            }
        }

        @Test(arguments: [
            ("sink: {", "snik: {"), ("https://harbor", "harbor"), ("maxConcurrent: 8", "maxConcurrent: 33"),
            ("kind: artifact", "kind: artefact"), ("identifier: .digest, ", ""),
            ("secretRef: {", "secret: {"),
        ])
        func `The CRD refuses what would be left out`(_ right: String, _ wrong: String) async throws {
            let deployment = try await Deployment.shared
            let text = Deployment.catalogueReceiver("refused").replacing(right, with: wrong)
            let reply = try await deployment.server.send(
                "POST",
                "/apis/webhook-fcgi.dev/v1alpha1/namespaces/deployed/cataloguereceivers",
                text
            )
            #expect(reply.status == 422, "\(reply.body)")
        }

        @Test func `Receivers and their Secrets are followed`() async throws {
            let project = try await KargoProject("receivers")
            try await project.putConfig(["a": "secret"])
            try await project.putSecret("secret", "one")
            try await project.putClusterConfig(["c": "secret"])
            let (one, two) = try (
                project.receiverPath("a", secret: "one"), project.receiverPath("a", secret: "two")
            )
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("both") { $0.receiverNames == ["/c", "receivers/a"] }
                #expect(listener.snapshots.last?.receiver(at: one) != nil)
                try await project.putSecret("secret", "two")
                try await listener.wait("its new path") { $0.receiver(at: two) != nil }
                #expect(listener.snapshots.last?.receiver(at: one) == nil)
                try await project.putConfig(["a": "secret", "b": "secret"])
                try await listener.wait("another") { $0.receiverNames.contains("receivers/b") }
                try await project.delete("ClusterConfig", "cluster")
                try await listener.wait("no cluster's") {
                    $0.receiverNames == ["receivers/a", "receivers/b"]
                }
                try await project.delete("Secret", "secret")
                try await listener.wait("none") { $0.receivers.isEmpty }
                let reason = "because its Secret receivers/secret is not there: add it"
                #expect(listener.problems.count { $0.message.contains(reason) } == 2)
            }
        }

        @Test func `A Secret that loses its label and is still referred to stays`() async throws {
            let project = try await KargoProject("label")
            try await project.putConfig(["a": "secret"])
            try await project.putSecret("secret", "one")
            let two = try project.receiverPath("a", secret: "two")
            let three = try project.receiverPath("a", secret: "three")
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("the receiver") { $0.receivers.count == 1 }
                try await project.putSecret("secret", "two", isLabelled: false)
                try await listener.wait("its new path") { $0.receiver(at: two) != nil }
                let counts = listener.snapshots.map(\.receivers.count)
                #expect(Set(counts) == [1])
                try await project.putSecret("secret", "three")
                try await listener.wait("its last path") { $0.receiver(at: three) != nil }
            }
        }

        @Test func `A Secret without the label is looked at again and again`() async throws {
            let project = try await KargoProject("unlabelled")
            try await project.putConfig(["a": "secret"])
            let (one, two) = try (
                project.receiverPath("a", secret: "one"), project.receiverPath("a", secret: "two")
            )
            let source = try project.source(lookUpInterval: .milliseconds(200))
            try await SourceListener.follow(source) { listener in
                try await listener.wait("nothing") { $0.receivers.isEmpty }
                try await project.putSecret("secret", "one", isLabelled: false)
                try await listener.wait("it") { $0.receiver(at: one) != nil }
                try await project.putSecret("secret", "two", isLabelled: false)
                try await listener.wait("its new value") { $0.receiver(at: two) != nil }
                try await project.delete("Secret", "secret")
                try await listener.wait("that it is gone") { $0.receivers.isEmpty }
                #expect(listener.problems.count { $0.message.contains("is not there: add it") } == 2)
            }
        }

        @Test func `A receiver that is added with its unlabelled Secret need not wait`() async throws {
            let project = try await KargoProject("unlabelled-later")
            try await project.putConfig(["a": "secret"])
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("nothing") { $0.receivers.isEmpty }
                try await project.putSecret("secret", "one", isLabelled: false)
                try await project.putConfig(["a": "secret", "b": "secret"])
                try await listener.wait("both") { $0.receivers.count == 2 }
            }
        }

        @Test func `Other namespaces are not read`() async throws {
            let (project, other) = try await (KargoProject("mine"), KargoProject("theirs"))
            for project in [project, other] {
                try await project.putConfig(["a": "secret"])
                try await project.putSecret("secret", "one")
                try await project.putWarehouse("w", "r.example.com/x")
            }
            let snapshot = try await project.source().load().snapshot
            #expect(snapshot.receiverNames == ["mine/a"])
            #expect(snapshot.targets("r.example.com/x") == ["mine/w"])
        }

        @Test func `A broken Warehouse is told once, spares its neighbour and can be mended`() async throws {
            let project = try await KargoProject("broken")
            try await project.putWarehouse("good", "r.example.com/x")
            try await project.putWarehouse("bad", "{}")
            func told(_ listener: SourceListener) -> Int {
                listener.problems.count { $0.file == "Warehouse broken/bad" }
            }
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("the good one") { $0.targets("r.example.com/x") == ["broken/good"] }
                #expect(told(listener) == 1)
                try await project.putWarehouse("good", "r.example.com/y")
                try await listener.wait("a change") { $0.targets("r.example.com/y") == ["broken/good"] }
                #expect(told(listener) == 1)
                try await project.putWarehouse("bad", "r.example.com/y")
                try await listener.wait("mended") {
                    $0.targets("r.example.com/y") == ["broken/bad", "broken/good"]
                }
                try await project.putWarehouse("bad", "{}")
                try await listener.wait("broken again") {
                    $0.targets("r.example.com/y") == ["broken/good"]
                }
                #expect(told(listener) == 2)
            }
            #expect(try await project.source().load().problems.map(\.file).contains("Warehouse broken/bad"))
        }

        @Test func `A receiver answers at the path in its status too`() async throws {
            let project = try await KargoProject("status")
            try await project.putConfig(["a": "secret", "b": "secret"])
            try await project.putSecret("secret", "one")
            let (a, b) = try (
                project.receiverPath("a", secret: "one"), project.receiverPath("b", secret: "one")
            )
            let hash = String(repeating: "0a", count: 32)
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("both") { $0.receivers.count == 2 }
                try await project.putStatus("a", path: "/kargo/harbor/\(hash)")
                try await listener.wait("the other path") {
                    $0.receiver(at: "/kargo/harbor/\(hash)")?.name == "a"
                }
                #expect(listener.snapshots.last?.receiver(at: a)?.name == "a")
                try await project.putStatus("a", path: "/kargo/harbor/short")
                try await listener.wait("the path gone") {
                    $0.receiver(at: "/kargo/harbor/\(hash)") == nil
                }
                #expect(listener.snapshots.last?.receiver(at: "/kargo/harbor/short") == nil)
                try await project.putStatus("a", path: b)
                try await waitUntil("a problem") {
                    listener.problems.contains { $0.message.contains("has a path in its status") }
                }
                #expect(listener.snapshots.last?.receiver(at: a)?.name == "a")
                #expect(listener.snapshots.last?.receiver(at: b)?.name == "b")
            }
        }

        @Test func `What happens to a status alone is no news`() async throws {
            let project = try await KargoProject("quiet")
            try await project.putWarehouse("w", "r.example.com/x")
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("it") { $0.warehouseCount == 1 }
                try await project.server.mergePatch(
                    path("quiet", "w") + "/status",
                    #"{"status":{"observedGeneration":1}}"#
                )
                try await project.server.mergePatch(
                    path("quiet", "w"),
                    #"{"metadata":{"annotations":{"kargo.akuity.io/refresh":"now"}}}"#
                )
                // Events of one kind come in order.
                try await project.putWarehouse("last", "r.example.com/x")
                try await listener.wait("the last") { $0.warehouseCount == 2 }
                #expect(listener.snapshots.count == 2)
            }
        }

        @Test func `A right that is missing is named, and granting it is enough`() async throws {
            let project = try await KargoProject("source-forbidden")
            let role = "/apis/rbac.authorization.k8s.io/v1"
            try await grant(project, ["projectconfigs", "clusterconfigs", "warehouses"])
            let rule = #"resources: ["secrets"], verbs: ["list"], in namespace 'source-forbidden'"#
            try await waitUntil("only that is missing") {
                do {
                    _ = try await project.source(.limited).load()
                    return false
                } catch {
                    return "\(error)".contains(rule)
                }
            }
            try await SourceListener.follow(project.source(.limited)) { listener in
                try await waitUntil("the rule") { listener.failures.contains { $0.contains(rule) } }
                #expect(listener.snapshots.isEmpty)
                try await project.server.delete("\(role)/clusterrolebindings/source")
                try await project.server.delete("\(role)/clusterroles/source")
                try await grant(project, ["projectconfigs", "clusterconfigs", "warehouses", "secrets"])
                try await listener.wait("everything") { $0.warehouseCount == 0 }
                try await waitUntil("recovered") { listener.recoveries > 0 }
            }
            try await project.server.delete("\(role)/clusterrolebindings/source")
            try await project.server.delete("\(role)/clusterroles/source")
        }

        private func grant(_ project: KargoProject, _ resources: [String]) async throws {
            let role = "/apis/rbac.authorization.k8s.io/v1"
            let list = resources.map { "\"\($0)\"" }.joined(separator: ",")
            try await project.server.create(
                "\(role)/clusterroles",
                """
                {"metadata":{"name":"source"},"rules":[{"apiGroups":["","kargo.akuity.io"],
                 "resources":[\(list)],"verbs":["get","list","watch"]}]}
                """
            )
            try await project.server.create(
                "\(role)/clusterrolebindings",
                """
                {"metadata":{"name":"source"},"subjects":[{"kind":"User","name":"limited"}],
                 "roleRef":{"apiGroup":"rbac.authorization.k8s.io","kind":"ClusterRole","name":"source"}}
                """
            )
        }

        @Test func `What happens while the server is away and its history is lost is not missed`()
            async throws
        {
            let project = try await KargoProject("away")
            for name in ["deleted", "changed", "same"] {
                try await project.putWarehouse(name, "r.example.com/x")
            }
            try await SourceListener.follow(project.source()) { listener in
                try await listener.wait("all") { $0.warehouseCount == 3 }
                // Something else has happened since, up to which everything is forgotten.
                let server = try await prepare("away-later")
                let later = try await server.send("GET", "/api/v1/namespaces/away-later").body
                let metadata = try KubernetesObject(json: Array(later.utf8)).metadata
                try await server.compact(to: try #require(metadata.resourceVersion))
                try await server.kill()
                try await waitUntil("failing") { !listener.failures.isEmpty }
                #expect(listener.snapshots.last?.warehouseCount == 3)
                try await server.restart()
                try await project.delete("Warehouse", "deleted")
                try await project.putWarehouse("changed", "r.example.com/y")
                try await project.putWarehouse("added", "r.example.com/x")
                try await waitUntil("recovered", within: .seconds(60)) { listener.recoveries > 0 }
                try await listener.wait("what happened") {
                    $0.targets("r.example.com/x") == ["away/added", "away/same"]
                }
                #expect(listener.snapshots.last?.targets("r.example.com/y") == ["away/changed"])
                #expect(listener.snapshots.last?.warehouseCount == 3)
            }
        }
    }
}
