// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kubernetes
import TestSupport
import Testing

/// Against a real kube-apiserver and etcd: one test after the other, because some stop it.
@Suite(.serialized, .threadsOfTheirOwn) struct RealServerTests {}

extension RealServerTests {
    /// Makes a namespace, unless another test has, and Warehouses `w-0`, `w-1` and so on.
    static func prepare(_ namespace: String, warehouses: Int = 0) async throws -> APIServer {
        let server = try await APIServer.shared
        let reply = try await server.send(
            "POST",
            "/api/v1/namespaces",
            #"{"metadata":{"name":"\#(namespace)"}}"#
        )
        guard [201, 409].contains(reply.status) else {
            throw APIServer.Refused(status: reply.status, body: reply.body)
        }
        for index in 0..<warehouses { try await createWarehouse(server, namespace, "w-\(index)") }
        return server
    }

    static func createWarehouse(_ server: APIServer, _ namespace: String, _ name: String) async throws {
        try await server.create(
            path(namespace),
            """
            {"apiVersion":"kargo.akuity.io/v1alpha1","kind":"Warehouse",
             "metadata":{"name":"\(name)","labels":{"team":"\(name == "w-0" ? "a" : "b")"},
                         "annotations":{"keep":"this"}},
             "spec":{"subscriptions":[{"image":{"repoURL":"harbor.example.com/a/b"}}],"shard":"{\\"[\\\\"}}
            """
        )
    }

    static func path(_ namespace: String, _ name: String? = nil) -> String {
        "/apis/kargo.akuity.io/v1alpha1/namespaces/\(namespace)/warehouses" + (name.map { "/\($0)" } ?? "")
    }
}
