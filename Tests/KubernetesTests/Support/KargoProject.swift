// SPDX-License-Identifier: Apache-2.0

import Foundation
import Handlers
import Kubernetes

@testable import Config

/// A namespace with Kargo's objects, as an administrator changes them, and the source that reads it.
struct KargoProject {
    let server: APIServer
    let name: String
    private let baseURL: BaseURL

    /// Makes the namespace.
    init(_ name: String) async throws {
        server = try await RealServerTests.prepare(name)
        self.name = name
        baseURL = try BaseURL("https://hooks.example.com/webhooks")
    }

    /// Reads this namespace alone; a cluster's Secrets are in it too.
    func source(
        _ token: APIServer.Token = .admin,
        lookUpInterval: Duration = .seconds(3600)
    ) throws -> KubernetesSource {
        KubernetesSource(
            client: try KubernetesClient(server.access(token)),
            baseURL: baseURL,
            namespaces: [name],
            systemResourcesNamespace: name,
            lookUpInterval: lookUpInterval
        )
    }

    /// Reads all namespaces.
    func clusterSource(systemResourcesNamespace: String = "kargo-system-resources") throws -> KubernetesSource
    {
        KubernetesSource(
            client: try KubernetesClient(server.access()),
            baseURL: baseURL,
            namespaces: nil,
            systemResourcesNamespace: systemResourcesNamespace
        )
    }

    /// A harbor receiver of this project under each name, with the name of its Secret.
    func putConfig(_ receivers: KeyValuePairs<String, String>) async throws {
        try await put("ProjectConfig", name, receivers)
    }

    func putClusterConfig(_ receivers: KeyValuePairs<String, String>) async throws {
        try await put("ClusterConfig", "cluster", receivers)
    }

    func putSecret(_ name: String, _ value: String, isLabelled: Bool = true) async throws {
        let labels = isLabelled ? #","labels":{"kargo.akuity.io/cred-type":"generic"}"# : ""
        let data = Data(value.utf8).base64EncodedString()
        try await server.apply(
            path("Secret", name),
            #"""
            {"apiVersion":"v1","kind":"Secret","metadata":{"name":"\#(name)"\#(labels)},
             "data":{"auth-header":"\#(data)"}}
            """#
        )
    }

    /// A Warehouse that subscribes to an image, as YAML has it.
    func putWarehouse(_ name: String, _ repository: String) async throws {
        try await server.apply(
            path("Warehouse", name),
            """
            {"apiVersion":"kargo.akuity.io/v1alpha1","kind":"Warehouse","metadata":{"name":"\(name)"},
             "spec":{"subscriptions":[{"image":{"repoURL":\(repository)}}]}}
            """
        )
    }

    /// What Kargo's controller writes about a receiver.
    func putStatus(_ receiver: String, path statusPath: String) async throws {
        let url = "https://kargo.example.com\(statusPath)"
        try await server.mergePatch(
            path("ProjectConfig", name) + "/status",
            #"""
            {"status":{"webhookReceivers":[{"name":"\#(receiver)","path":"\#(statusPath)","url":"\#(url)"}]}}
            """#
        )
    }

    func delete(_ kind: String, _ name: String) async throws { try await server.delete(path(kind, name)) }

    /// Where a receiver answers.
    func receiverPath(_ receiver: String, secret: String) throws -> String {
        guard let secret = Handlers.Secret(Array(secret.utf8)) else { throw CancellationError() }
        return Receiver(
            baseURL: baseURL,
            project: name,
            name: receiver,
            provider: .harbor,
            secret: secret
        ).path
    }

    private func put(
        _ kind: String,
        _ name: String,
        _ receivers: KeyValuePairs<String, String>
    ) async throws {
        let list = receivers.map { #"{"name":"\#($0)","harbor":{"secretRef":{"name":"\#($1)"}}}"# }
        try await server.apply(
            path(kind, name),
            #"""
            {"apiVersion":"kargo.akuity.io/v1alpha1","kind":"\#(kind)","metadata":{"name":"\#(name)"},
             "spec":{"webhookReceivers":[\#(list.joined(separator: ","))]}}
            """#
        )
    }

    private func path(_ kind: String, _ object: String) -> String {
        let plural = kind.lowercased() + "s"
        return switch kind {
        case "Secret": "/api/v1/namespaces/\(name)/\(plural)/\(object)"
        case "ClusterConfig": "/apis/kargo.akuity.io/v1alpha1/\(plural)/\(object)"
        default: "/apis/kargo.akuity.io/v1alpha1/namespaces/\(name)/\(plural)/\(object)"
        }
    }
}
