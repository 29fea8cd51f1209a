// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import TestSupport

/// `deploy/kubernetes` as it is in a cluster, and an object named `deployed` of each kind that it reads.
struct Deployment: Sendable {
    let server: APIServer

    /// Its ServiceAccount's.
    let token: String

    private static let making = Task { try await Deployment() }

    /// Made by the first that asks.
    static var shared: Deployment { get async throws { try await making.value } }

    private init() async throws {
        server = try await RealServerTests.prepare(DeployedManifest.namespace)
        for file in try DeployedManifest.applied() {
            let manifest = try DeployedManifest(file)
            // Kubernetes 1.25 and later refuse a field that they do not know.
            try await server.create(
                "\(manifest.collection())?fieldValidation=Strict",
                manifest.text
            )
        }

        let own = "/apis/webhook-fcgi.dev/v1alpha1"
        try await waitUntil("the CRD is established") { [server] in
            try await server.send("GET", "\(own)/cataloguereceivers").status == 200
        }
        _ = try await RealServerTests.prepare("deployed")
        try await server.create(
            "\(own)/namespaces/deployed/cataloguereceivers",
            Self.catalogueReceiver("deployed")
        )
        try await RealServerTests.createWarehouse(server, "deployed", "deployed")
        let metadata = #""metadata":{"name":"deployed"}"#
        let labels = #""labels":{"kargo.akuity.io/cred-type":"generic"}"#
        try await server.create(
            "/api/v1/namespaces/deployed/secrets",
            #"{"metadata":{"name":"deployed",\#(labels)}}"#
        )
        let kargo = "/apis/kargo.akuity.io/v1alpha1"
        let version = #""apiVersion":"kargo.akuity.io/v1alpha1""#
        try await server.create(
            "\(kargo)/namespaces/deployed/projectconfigs",
            #"{\#(version),"kind":"ProjectConfig",\#(metadata)}"#
        )
        try await server.create(
            "\(kargo)/clusterconfigs",
            #"{\#(version),"kind":"ClusterConfig",\#(metadata)}"#
        )

        token = try await server.token(ofServiceAccount: "webhook-fcgi", in: DeployedManifest.namespace)
    }

    /// What the CRD takes.
    static func catalogueReceiver(_ name: String) -> String {
        """
        apiVersion: webhook-fcgi.dev/v1alpha1
        kind: CatalogueReceiver
        metadata: { name: \(name) }
        spec:
          secretRef: { name: webhook }
          harbor: { url: "https://harbor.example.com", credentialsRef: { name: harbor }, maxConcurrent: 8 }
          sink: { port: { url: "https://api.port.io", credentialsRef: { name: port } } }
          mapping:
            resources:
            - kind: artifact
              selector: { query: "true" }
              port: { entity: { mappings: { identifier: .digest, blueprint: '"image"', properties: { a: .a } } } }
        """
    }

    /// Runs `body` with a client that has the ServiceAccount's rights.
    func withClient(_ body: (KubernetesClient) async throws -> Void) async throws {
        let access = try server.access(Credentials(token: .text(Confidential(token))))
        try await KubernetesTests.withClient(access, body)
    }

    /// Gives the ServiceAccount this role instead.
    func replace(_ role: DeployedRole) async throws {
        let path = "/apis/rbac.authorization.k8s.io/v1/clusterroles/\(role.metadata.name)"
        let reply = try await server.send("PUT", path, try role.yaml)
        guard reply.status == 200 else { throw Failure("the role is refused: \(reply.body)") }
    }
}
