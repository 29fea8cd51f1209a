// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import Testing

extension RealServerTests {
    @Suite struct WatchTests {
        @Test func `What is added, modified and deleted after a list is seen, in order`() async throws {
            let server = try await prepare("watch", warehouses: 1)
            try await withClient(server.access()) { client in
                let version = try await version(client, "watch")
                let events = try await client.watch(.warehouses, namespace: "watch", from: version)
                try await createWarehouse(server, "watch", "new")
                try await client.mergePatch(
                    .warehouses,
                    namespace: "watch",
                    name: "new",
                    AnnotationPatch(["changed": "yes"]),
                    fieldManager: "t"
                )
                try await server.delete(path("watch", "w-0"))
                var seen: [String] = []
                for try await event in events where event.kind != .bookmark {
                    let metadata = try event.object.metadata
                    seen.append(
                        "\(event.kind.rawValue) \(metadata.name ?? "") \(metadata.annotations?["changed"] ?? "no")"
                    )
                    if seen.count == 3 { break }
                }
                #expect(seen == ["ADDED new no", "MODIFIED new yes", "DELETED w-0 no"])
            }
        }

        @Test func `A watch goes on where the last one ended, and misses nothing`() async throws {
            let server = try await prepare("resume", warehouses: 1)
            try await withClient(server.access()) { client in
                var version = try await version(client, "resume")
                for name in ["x", "y"] {
                    try await createWarehouse(server, "resume", name)
                    for try await event in try await client.watch(
                        .warehouses,
                        namespace: "resume",
                        from: version
                    ) {
                        let metadata = try event.object.metadata
                        version = try #require(metadata.resourceVersion)
                        guard event.kind != .bookmark else { continue }
                        #expect(metadata.name == name)
                        break
                    }
                }
            }
        }

        @Test func `Bookmarks tell how far a quiet watch has come, and the server ends it in time`()
            async throws
        {
            let server = try await prepare("bookmark")
            try await withClient(server.access()) { client in
                let version = try await version(client, "bookmark")
                var bookmarks: [String] = []
                let events = try await client.watch(
                    .warehouses,
                    namespace: "bookmark",
                    from: version,
                    for: .seconds(10)
                )
                // Without anything new there is nothing to tell, and two seconds before the end it is told.
                try await createWarehouse(server, "default", "elsewhere")
                for try await event in events {
                    #expect(event.kind == .bookmark)
                    bookmarks.append(try event.object.metadata.resourceVersion ?? "")
                }
                #expect(!bookmarks.isEmpty && !bookmarks.contains("") && !bookmarks.contains(version))
            }
        }

        @Test func `A version from before everything is gone`() async throws {
            let server = try await APIServer.shared
            try await withClient(server.access()) { client in
                let code = await code {
                    for try await _ in try await client.watch(.warehouses, from: "1", for: .seconds(5)) {}
                }
                #expect(code == .gone)
            }
        }

        @Test func `A watch that is cancelled ends at once`() async throws {
            let server = try await APIServer.shared
            try await withClient(server.access()) { client in
                let version = try await version(client, "default")
                let events = try await client.watch(.secrets, from: version)
                let end = await withTaskGroup(of: KubernetesError.Code?.self) { group in
                    group.addTask { await code { for try await _ in events {} } }
                    group.cancelAll()
                    return await group.next() ?? nil
                }
                #expect(end == nil || end == .cancelled)
            }
        }

        @Test func `A watch holds the client that it needs`() async throws {
            let server = try await prepare("held")
            let version = try await version(try KubernetesClient(server.access()), "held")
            let events = try await KubernetesClient(server.access())
                .watch(.warehouses, namespace: "held", from: version)
            // Time enough for a client that nobody holds to be gone: another one comes and goes meanwhile.
            _ = try await self.version(try KubernetesClient(server.access()), "held")
            try await createWarehouse(server, "held", "new")
            for try await event in events where event.kind != .bookmark {
                #expect(try event.object.metadata.name == "new")
                break
            }
        }

        private func version(_ client: KubernetesClient, _ namespace: String) async throws -> String {
            var pages = client.list(.warehouses, namespace: namespace).makeAsyncIterator()
            return try #require(try await pages.next()).resourceVersion
        }
    }
}
