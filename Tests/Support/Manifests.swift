// SPDX-License-Identifier: Apache-2.0

/// Kargo's manifests: one project with a receiver of each kind, a cluster's receiver, and Warehouses for the
/// payloads that the handlers' tests have.
package enum Manifests {
    /// By file name.
    package static var sample: [String: String] {
        [
            "projects.yaml": projectConfig(),
            "cluster.yaml": cluster,
            "secrets.yaml": [
                secret("harbor-secret", "auth-header", Secrets.harbor),
                secret("azure-secret", "secret", Secrets.azure),
                secret("dockerhub-secret", "secret", Secrets.dockerHub),
            ].joined(separator: "---\n"),
            "warehouses.yaml": [
                warehouse("guestbook", image: "registry.example.com/team-a/backend/api"),
                warehouse(
                    "guestbook",
                    image: "registry.example.com/team-a/backend/api",
                    namespace: "neighbour"
                ),
                warehouse("first", image: "registry.example.com/team-a/shared"),
                warehouse("second", image: "registry.example.com/team-a/shared"),
                warehouse("third", image: "registry.example.com/team-a/shared"),
                warehouse("acr", image: "myregistry.azurecr.io/team-a/api"),
                warehouse("hub", image: "example/api"),
                warehouse("source", kind: "git", "https://dev.azure.com/example/My%20Project/_git/guestbook"),
            ].joined(separator: "---\n"),
        ]
    }

    /// The project's receivers; `more` is YAML of further ones.
    package static func projectConfig(more: String = "") -> String {
        """
        apiVersion: kargo.akuity.io/v1alpha1
        kind: ProjectConfig
        metadata: { name: kargo-demo, namespace: kargo-demo }
        spec:
          webhookReceivers:
          - { name: harbor-receiver, harbor: { secretRef: { name: harbor-secret } } }
          - { name: azure-receiver, azure: { secretRef: { name: azure-secret } } }
          - { name: dockerhub-receiver, dockerhub: { secretRef: { name: dockerhub-secret } } }
        \(more)
        """
    }

    private static var cluster: String {
        """
        apiVersion: kargo.akuity.io/v1alpha1
        kind: ClusterConfig
        metadata: { name: cluster }
        spec:
          webhookReceivers:
          - { name: cluster-receiver, harbor: { secretRef: { name: cluster-secret } } }
        ---
        \(secret("cluster-secret", "auth-header", Secrets.cluster, namespace: "kargo-system-resources"))
        """
    }

    /// A CatalogueReceiver `portal` with all its Secrets; `sink` is what the manifest says of it.
    package static func catalogue(harbor: String, sink: String, more: String = "") -> String {
        """
        apiVersion: webhook-fcgi.dev/v1alpha1
        kind: CatalogueReceiver
        metadata: { name: portal, namespace: kargo-demo }
        spec:
          secretRef: { name: portal-webhook }
          harbor: { url: "\(harbor)", credentialsRef: { name: harbor-robot } }
          sink: { \(sink) }
          \(more)
        ---
        \(secret("portal-webhook", "webhook-secret", Secrets.portal))
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: harbor-robot, namespace: kargo-demo }
        stringData: { username: "\(HarborServer.username)", password: "\(HarborServer.password)" }
        ---
        apiVersion: v1
        kind: Secret
        metadata: { name: port-credentials, namespace: kargo-demo }
        stringData: { client-id: "\(PortServer.clientID)", client-secret: "\(PortServer.clientSecret)" }

        """
    }

    package static func secret(
        _ name: String,
        _ key: String,
        _ value: String,
        namespace: String = "kargo-demo"
    ) -> String {
        """
        apiVersion: v1
        kind: Secret
        metadata: { name: \(name), namespace: \(namespace), labels: { kargo.akuity.io/cred-type: generic } }
        stringData: { \(key): "\(value)" }

        """
    }

    package static func warehouse(_ name: String, image: String, namespace: String = "kargo-demo") -> String {
        warehouse(name, kind: "image", image, namespace: namespace)
    }

    package static func warehouse(
        _ name: String,
        kind: String,
        _ url: String,
        namespace: String = "kargo-demo"
    ) -> String {
        """
        apiVersion: kargo.akuity.io/v1alpha1
        kind: Warehouse
        metadata: { name: \(name), namespace: \(namespace) }
        spec: { subscriptions: [ { \(kind): { repoURL: "\(url)" } } ] }

        """
    }
}
