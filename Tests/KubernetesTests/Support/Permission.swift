// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import TestSupport

/// One verb on one kind of object.
struct Permission: Hashable, Sendable, CustomStringConvertible {
    let verb: String
    let group: String
    let resource: String

    init(_ verb: String, _ group: String, _ resource: String) {
        (self.verb, self.group, self.resource) = (verb, group, resource)
    }

    var description: String { "\(verb) \(resource)" }

    /// Calls the API server for it as the program does: in every namespace, or on an object named `deployed` in that
    /// namespace.
    func use(_ client: KubernetesClient) async throws {
        let isNamespaced = resource != "clusterconfigs"
        let kind = Resource(
            group: group,
            version: group.isEmpty ? "v1" : "v1alpha1",
            plural: resource,
            isNamespaced: isNamespaced
        )
        let namespace = isNamespaced ? "deployed" : nil
        let selector = resource == "secrets" ? "kargo.akuity.io/cred-type=generic" : nil
        switch verb {
        case "get": _ = try await client.get(kind, namespace: namespace, name: "deployed")
        case "list": for try await _ in client.list(kind, labelSelector: selector) {}
        case "watch":
            var events = try await client.watch(kind, labelSelector: selector, from: "0").makeAsyncIterator()
            guard try await events.next() != nil else { throw Failure("no event of \(resource)") }
        case "patch":
            try await client.mergePatch(
                kind,
                namespace: namespace,
                name: "deployed",
                AnnotationPatch(["kargo.akuity.io/refresh": "now"]),
                fieldManager: "webhook-fcgi"
            )
        default: throw Failure("nothing is known that needs to \(self)")
        }
    }
}
