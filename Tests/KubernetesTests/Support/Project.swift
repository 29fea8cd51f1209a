// SPDX-License-Identifier: Apache-2.0

import Config
import Foundation
import Handlers
import Kubernetes
import POSIX
import TestSupport
import Testing

/// A Kargo project in a namespace of its own: a receiver of Harbor's pushes, and Warehouses `w-0`, `w-1` and so on.
struct Project: Sendable {
    let server: APIServer

    /// Of the namespace and of the receiver, so that no test meets another one's.
    let name: String
    let warehouseCount: Int

    /// Makes all of it in the cluster.
    init(_ name: String, warehouses: Int = 1) async throws {
        (self.name, warehouseCount) = (name, warehouses)
        server = try await RealServerTests.prepare(name)
        try await server.create("/api/v1/namespaces/\(name)/secrets", secret)
        try await server.create("/apis/kargo.akuity.io/v1alpha1/namespaces/\(name)/projectconfigs", receivers)
        for index in 0..<warehouses { try await createWarehouse(index) }
    }

    func createWarehouse(_ index: Int) async throws {
        try await server.create(RealServerTests.path(name), warehouse(index))
    }

    /// The same as files.
    var manifests: [String: String] {
        let documents = [receivers, secret] + (0..<warehouseCount).map(warehouse)
        return ["project.yaml": documents.joined(separator: "\n---\n")]
    }

    private var receivers: String {
        """
        apiVersion: kargo.akuity.io/v1alpha1
        kind: ProjectConfig
        metadata: { name: \(name), namespace: \(name) }
        spec: { webhookReceivers: [ { name: \(name), harbor: { secretRef: { name: harbor } } } ] }
        """
    }

    private var secret: String { Manifests.secret("harbor", "auth-header", Secrets.harbor, namespace: name) }

    private func warehouse(_ index: Int) -> String {
        Manifests.warehouse("w-\(index)", image: repository(index), namespace: name)
    }

    func repository(_ index: Int) -> String { "registry.example.com/\(name)/\(index)" }
}

extension Project {
    /// A site with this cluster; without a file `kubeconfig` in `setup` it comes there as the administrator.
    func setup(_ setup: Setup = Setup(readsCluster: true, patchesCluster: true)) throws -> Setup {
        var setup = setup
        setup.manifests = manifests
        let files = try Self.kubeconfig(port: server.port)
        setup.files = files.merging(setup.files) { $1 }
        return setup
    }

    /// A kubeconfig and the token that it refers to.
    static func kubeconfig(
        port: Int,
        token: String = APIServer.Token.admin.rawValue
    ) throws -> [String: String] {
        [
            "kubeconfig": """
            current-context: test
            clusters:
            - name: test
              cluster:
                server: https://127.0.0.1:\(port)
                certificate-authority: \(try Certificates.path("ca.crt"))
            users: [ { name: test, user: { tokenFile: token } } ]
            contexts: [ { name: test, context: { cluster: test, user: test } } ]
            """,
            "token": token,
        ]
    }

    /// Where the receiver named `receiver` answers; by default the project's own.
    func path(
        of receiver: String? = nil,
        in project: String? = nil,
        secret: String = Secrets.harbor
    ) throws -> String {
        Receiver(
            baseURL: try BaseURL("https://hooks.example.com/webhooks"),
            project: project ?? name,
            name: receiver ?? name,
            provider: .harbor,
            secret: try #require(Secret(Array(secret.utf8)))
        ).path
    }

    /// A push to the repository that the Warehouse with that number subscribes to.
    func push(_ index: Int = 0, to path: String? = nil, secret: String = Secrets.harbor) throws -> HTTPRequest
    {
        HTTPRequest(
            path: try path ?? self.path(secret: secret),
            headers: [("Content-Type", "application/json"), ("Authorization", secret)],
            body: Payload.harborPush(of: repository(index))
        )
    }

    /// What the Warehouse is annotated with; nil when it was never refreshed.
    func token(_ index: Int = 0) async throws -> Timestamp? {
        let annotation = try await warehouse(index).metadata.annotations?["kargo.akuity.io/refresh"]
        return try annotation.map { try #require(Timestamp($0)) }
    }

    func warehouse(_ index: Int) async throws -> KubernetesObject {
        let reply = try await server.send("GET", RealServerTests.path(name, "w-\(index)"))
        guard reply.status == 200 else { throw Failure("no w-\(index): \(reply.body)") }
        return KubernetesObject(json: Array(reply.body.utf8))
    }

    /// Waits until the project's receiver answers with the Warehouses it began with.
    func waitUntilServed(_ site: Site, within bound: Duration = .seconds(60)) throws {
        try eventually("\(name) is served: \(site.log)", within: bound) {
            try site.nginx.exchange(try push()).status / 100 == 2
        }
    }

    /// Waits until every Warehouse has a token that is not older than `time`.
    func waitUntilRefreshed(since times: [Timestamp], within bound: Duration = .seconds(90)) async throws {
        for (index, time) in times.enumerated() {
            try await waitUntil("w-\(index) of \(name) is refreshed", within: bound) {
                try await token(index).map { $0 >= time } ?? false
            }
        }
    }
}
