// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import Testing

extension RealServerTests {
    @Suite struct ListTests {
        @Test func `A list longer than a page comes whole, once, and of one state`() async throws {
            let server = try await prepare("list", warehouses: 23)
            try await withClient(server.access()) { client in
                var names: [String] = []
                var sizes: [Int] = []
                var versions: Set<String> = []
                for try await page in client.list(.warehouses, namespace: "list", pageSize: 10) {
                    sizes.append(page.items.count)
                    versions.insert(page.resourceVersion)
                    names += try page.items.compactMap { try $0.metadata.name }
                    // A later page must not show it.
                    if names.count == 10 { try await createWarehouse(server, "list", "zz") }
                }
                #expect(sizes == [10, 10, 3])
                #expect(names.sorted() == (0..<23).map { "w-\($0)" }.sorted())
                #expect(versions.count == 1)
            }
        }

        @Test func `A list of nothing is one page of nothing, from which a watch could go on`() async throws {
            let server = try await prepare("empty")
            try await withClient(server.access()) { client in
                var pages: [ObjectPage] = []
                for try await page in client.list(.warehouses, namespace: "empty") { pages.append(page) }
                #expect(pages.count == 1)
                #expect(pages.first?.items.isEmpty == true)
                #expect(pages.first?.resourceVersion.isEmpty == false)
            }
        }

        @Test(arguments: [("team=a", 1), ("team!=a", 2), ("team in (a,b)", 3), ("none", 0)])
        func `Labels select objects`(_ selector: String, _ count: Int) async throws {
            let namespace = "labels-\(count)"
            let server = try await prepare(namespace, warehouses: 3)
            try await withClient(server.access()) { client in
                var items: [KubernetesObject] = []
                for try await page in client.list(.warehouses, namespace: namespace, labelSelector: selector)
                {
                    items += page.items
                }
                #expect(items.count == count)
            }
        }

        @Test func `Objects of the core group and of all namespaces are listed`() async throws {
            let server = try await prepare("secrets")
            let secret = #"{"metadata":{"name":"s"},"data":{"secret":"c2VjcmV0"}}"#
            try await server.create("/api/v1/namespaces/secrets/secrets", secret)
            try await withClient(server.access()) { client in
                var values: [[String: String]] = []
                for try await page in client.list(.secrets) {
                    for item in page.items where try item.metadata.namespace == "secrets" {
                        values.append(try item.decode(Secret.self).data)
                    }
                }
                #expect(values == [["secret": "c2VjcmV0"]])
            }
        }

        @Test func `A page of a state that etcd has forgotten is gone`() async throws {
            let server = try await prepare("compacted", warehouses: 3)
            try await withClient(server.access()) { client in
                var pages = client.list(.warehouses, namespace: "compacted", pageSize: 1).makeAsyncIterator()
                let first = try #require(try await pages.next())
                try await createWarehouse(server, "compacted", "later")
                var later = client.list(.warehouses, namespace: "compacted").makeAsyncIterator()
                let now = try #require(try await later.next())
                #expect(now.resourceVersion != first.resourceVersion)
                try await server.compact(to: now.resourceVersion)
                #expect(await code { _ = try await pages.next() } == .gone)
            }
        }

        private struct Secret: Decodable { let data: [String: String] }
    }
}
