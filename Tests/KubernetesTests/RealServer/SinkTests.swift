// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kubernetes
import POSIX
import Sinks
import Subscriptions
import TestSupport
import Testing

extension RealServerTests {
    /// Each client is let go of without a word, as the program does.
    @Suite struct SinkTests {
        @Test func `A refresh arrives under our name, and nothing else changes`() async throws {
            let server = try await prepare("sink", warehouses: 2)
            #expect(try await sink(server.access()).deliver([refresh("sink")]).isEmpty)
            let object = try await warehouse(server, "sink")
            #expect(
                try object.metadata.annotations == ["keep": "this", "kargo.akuity.io/refresh": "\(token)"]
            )
            let manager = try #require(
                try object.decode(Managed.self).metadata.managedFields.first { $0.manager == "webhook-fcgi" }
            )
            #expect(manager.operation == "Update")
            #expect(try await warehouse(server, "sink", "w-1").metadata.annotations == ["keep": "this"])
        }

        @Test func `A Warehouse that does not exist is gone, and its neighbour is refreshed`() async throws {
            let server = try await prepare("sink-gone", warehouses: 1)
            let (missing, present) = (refresh("sink-gone", "missing"), refresh("sink-gone"))
            let failures = try await sink(server.access()).deliver([missing, present])
            #expect(failures.keys.elementsEqual([missing]))
            #expect(failures[missing]?.code == .gone)
            #expect(failures[missing]?.description.contains("'missing' in namespace 'sink-gone'") == true)
        }

        @Test func `A right that is missing is named, and granting it is enough`() async throws {
            let server = try await prepare("sink-forbidden", warehouses: 1)
            let sink = try sink(server.access(.limited))
            let refresh = refresh("sink-forbidden")
            let error = try #require(await sink.deliver([refresh])[refresh])
            #expect(error.code == .unavailable && isRule(error))
            try await server.allowPatching(in: "sink-forbidden")
            // The server learns of a role a moment after it was made.
            try await waitUntil("the refresh is allowed") { await sink.deliver([refresh]).isEmpty }
            try await sink.check(refresh.target)
            #expect(await sink.deliver([refresh]).isEmpty)
        }

        @Test func `A token that was replaced in its file heals what was refused`() async throws {
            let server = try await prepare("sink-token", warehouses: 1)
            let folder = try TemporaryFolder()
            let file = try folder.write("an-old-token", to: "token")
            let sink = try sink(server.access(Credentials(token: .file(file))))
            let refresh = refresh("sink-token")
            let error = try #require(await sink.deliver([refresh])[refresh])
            #expect(error.code == .unavailable && error.description.contains("401"))
            try folder.write(APIServer.Token.admin.rawValue, to: "token")
            #expect(await sink.deliver([refresh]).isEmpty)
        }

        @Test func `A check finds what a refresh would, and changes nothing`() async throws {
            let server = try await prepare("sink-check", warehouses: 1)
            let target = refresh("sink-check").target
            let before = try await warehouse(server, "sink-check").json
            try await sink(server.access()).check(target)
            let error = try #require(
                await #expect(throws: SinkError.self) {
                    try await sink(server.access(.nobody)).check(target)
                }
            )
            #expect(isRule(error))
            #expect(try await warehouse(server, "sink-check").json == before)
        }

        @Test func `A check without an example, or of one that is gone, finds nothing wrong`() async throws {
            let server = try await prepare("sink-example")
            let sink = try sink(server.access())
            try await sink.check(nil)
            try await sink.check(Target(namespace: "sink-example", name: "missing"))
        }

        private let token = Timestamp(microseconds: 1_767_225_600_000_001)

        private func refresh(_ namespace: String, _ name: String = "w-0") -> Refresh {
            Refresh(target: Target(namespace: namespace, name: name), token: token)
        }

        private func sink(_ access: ClusterAccess) throws -> KubernetesSink {
            try KubernetesSink(
                client: KubernetesClient(access, timeout: .seconds(60), rereadInterval: .seconds(3600)),
                fieldManager: "webhook-fcgi",
                maxConcurrent: 4
            )
        }

        private func isRule(_ error: SinkError) -> Bool {
            error.description.contains(
                #"apiGroups: ["kargo.akuity.io"], resources: ["warehouses"], verbs: ["patch"]"#
            )
        }

        private func warehouse(
            _ server: APIServer,
            _ namespace: String,
            _ name: String = "w-0"
        ) async throws -> KubernetesObject {
            KubernetesObject(json: Array(try await server.send("GET", path(namespace, name)).body.utf8))
        }
    }
}
