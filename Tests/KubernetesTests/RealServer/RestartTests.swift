// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import Testing

extension RealServerTests {
    @Suite struct RestartTests {
        @Test func `Calls fail while the server is away, and work again when it is back`() async throws {
            let server = try await prepare("restart", warehouses: 1)
            try await withClient(server.access()) { client in
                func get() async throws {
                    _ = try await client.get(.warehouses, namespace: "restart", name: "w-0")
                }
                try await get()
                var pages = client.list(.warehouses, namespace: "restart").makeAsyncIterator()
                let version = try #require(try await pages.next()).resourceVersion
                let events = try await client.watch(.warehouses, namespace: "restart", from: version)
                try await server.kill()
                #expect(await code { for try await _ in events {} } == .transport)
                for _ in 0..<3 {
                    let error = try #require(await error(of: get))
                    #expect(error.code == .transport)
                }
                try await server.restart()
                try await get()
            }
        }

        /// After a restart the server remembers events only from its start on.
        @Test func `A version from before the server's memory is gone, and a new list helps`() async throws {
            let server = try await prepare("memory", warehouses: 1)
            try await withClient(server.access()) { client in
                var pages = client.list(.warehouses, namespace: "memory").makeAsyncIterator()
                let old = try #require(try await pages.next()).resourceVersion
                for index in 1...5 { try await createWarehouse(server, "memory", "w-\(index)") }
                pages = client.list(.warehouses, namespace: "memory").makeAsyncIterator()
                let new = try #require(try await pages.next()).resourceVersion
                try await server.compact(to: new)
                try await server.kill()
                try await server.restart()
                func watch(_ version: String) async throws {
                    for try await _ in try await client.watch(
                        .warehouses,
                        namespace: "memory",
                        from: version,
                        for: .seconds(3)
                    ) {}
                }
                #expect(await code { try await watch(old) } == .gone)
                pages = client.list(.warehouses, namespace: "memory").makeAsyncIterator()
                try await watch(try #require(try await pages.next()).resourceVersion)
            }
        }
    }
}
