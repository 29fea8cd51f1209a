// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kubernetes
import Testing

extension RealServerTests {
    @Suite struct ObjectTests {
        @Test func `An object is got as the server has it`() async throws {
            let server = try await prepare("get", warehouses: 1)
            try await withClient(server.access()) { client in
                let object = try await client.get(.warehouses, namespace: "get", name: "w-0")
                let metadata = try object.metadata
                #expect(metadata.name == "w-0" && metadata.namespace == "get")
                #expect(metadata.annotations == ["keep": "this"])
                let raw = try await server.send("GET", path("get", "w-0")).body
                #expect(String(decoding: object.json, as: UTF8.self) == raw)
            }
        }

        @Test func `A merge patch changes one annotation and nothing else`() async throws {
            let server = try await prepare("patch", warehouses: 1)
            func content() async throws -> NSDictionary {
                let text = try await server.send("GET", path("patch", "w-0")).body
                let object = try JSONSerialization.jsonObject(with: Data(text.utf8))
                return try #require(object as? NSDictionary)
            }
            let before = try #require(try await content().mutableCopy() as? NSMutableDictionary)
            try await withClient(server.access()) { client in
                let object = try await client.mergePatch(
                    .warehouses,
                    namespace: "patch",
                    name: "w-0",
                    AnnotationPatch(["kargo.akuity.io/refresh": "2026-01-01T00:00:00.000001Z"]),
                    fieldManager: "webhook-fcgi"
                )
                #expect(
                    try object.metadata.annotations
                        == ["keep": "this", "kargo.akuity.io/refresh": "2026-01-01T00:00:00.000001Z"]
                )
            }
            let after = try #require(try await content().mutableCopy() as? NSMutableDictionary)
            let metadata = try #require(after["metadata"] as? NSDictionary)
            let managers = try #require(metadata["managedFields"] as? [NSDictionary])
            #expect(managers.contains { $0["manager"] as? String == "webhook-fcgi" })
            // What the server itself notes about every change, and the annotation.
            for object in [before, after] {
                let metadata = try #require(object["metadata"] as? NSDictionary).mutableCopy()
                let kept = try #require(metadata as? NSMutableDictionary)
                kept.removeObjects(forKeys: ["resourceVersion", "managedFields", "annotations"])
                object["metadata"] = kept
            }
            #expect(before == after)
        }

        @Test func `An object that does not exist is not found, in a namespace that does not either`()
            async throws
        {
            let server = try await prepare("missing")
            try await withClient(server.access()) { client in
                for namespace in ["missing", "no-such-namespace"] {
                    let getting = await error {
                        _ = try await client.get(.warehouses, namespace: namespace, name: "x")
                    }
                    #expect(getting?.code == .notFound)
                    #expect(getting?.description.contains("warehouses.kargo.akuity.io 'x'") == true)
                    let patching = await code {
                        try await client.mergePatch(
                            .warehouses,
                            namespace: namespace,
                            name: "x",
                            AnnotationPatch(["a": "b"]),
                            fieldManager: "t"
                        )
                    }
                    #expect(patching == .notFound)
                }
            }
        }

        @Test func `A kind that the server does not know is told from an object that does not exist`()
            async throws
        {
            let server = try await APIServer.shared
            try await withClient(server.access()) { client in
                let getting = await code {
                    _ = try await client.get(.unknown, namespace: "default", name: "x")
                }
                #expect(getting == .unknownResource)
                let listing = await code { for try await _ in client.list(.unknown) {} }
                #expect(listing == .unknownResource)
            }
        }

        @Test func `What the server refuses as wrong is not worth repeating`() async throws {
            let server = try await prepare("wrong", warehouses: 1)
            try await withClient(server.access()) { client in
                let code = await code {
                    try await client.mergePatch(
                        .warehouses,
                        namespace: "wrong",
                        name: "w-0",
                        ["metadata": ["annotations": "no mapping"]],
                        fieldManager: "t"
                    )
                }
                #expect(code == .rejected(status: 400) || code == .rejected(status: 422))
            }
        }

        @Test func `A conflicting change is a conflict`() async throws {
            let server = try await prepare("conflict", warehouses: 1)
            try await withClient(server.access()) { client in
                let code = await code {
                    try await client.mergePatch(
                        .warehouses,
                        namespace: "conflict",
                        name: "w-0",
                        ["metadata": ["resourceVersion": "1"]],
                        fieldManager: "t"
                    )
                }
                #expect(code == .conflict)
            }
        }

        @Test(arguments: ["", ".", "..", "a/b"])
        func `A name that would lead elsewhere is never sent`(_ name: String) async throws {
            let server = try await APIServer.shared
            try await withClient(server.access()) { client in
                let code = await code {
                    _ = try await client.get(.warehouses, namespace: "default", name: name)
                }
                #expect(code == .configuration)
            }
        }
    }
}
