// SPDX-License-Identifier: Apache-2.0

internal import HTTP

/// One call of the API, as a value.
struct Call: Sendable {
    let verb: Verb
    let resource: Resource

    /// Nil for objects of all namespaces, and for those that live in none.
    let namespace: String?

    /// Nil for a list or a watch.
    let name: String?

    /// In order; values are not encoded yet.
    var query: [(name: String, value: String)] = []

    /// A merge patch.
    var body: [UInt8]?

    /// In the words of RBAC.
    enum Verb: String, Sendable { case get, list, watch, patch }

    /// What a role must hold for this call.
    var rule: AccessRule {
        AccessRule(
            verb: verb.rawValue,
            group: resource.group,
            resource: resource.plural,
            namespace: namespace
        )
    }

    /// For example `patching warehouses.kargo.akuity.io 'guestbook' in namespace 'kargo-demo'`.
    var description: String {
        let doing =
            switch verb {
            case .get: "getting"
            case .list: "listing"
            case .watch: "watching"
            case .patch: "patching"
            }
        return "\(doing) \(resource)" + (name.map { " '\($0)'" } ?? "")
            + (namespace.map { " in namespace '\($0)'" } ?? "")
    }

    /// Path and query, encoded.
    var target: String {
        get throws(KubernetesError) {
            var segments = resource.group.isEmpty ? ["api"] : ["apis", resource.group]
            segments.append(resource.version)
            if let namespace { segments += ["namespaces", try checked(namespace)] }
            segments.append(resource.plural)
            if let name { segments.append(try checked(name)) }
            let path = segments.map { "/" + $0.percentEncoded }.joined()
            let query = query.map { "\($0.name)=\($0.value.percentEncoded)" }.joined(separator: "&")
            return query.isEmpty ? path : "\(path)?\(query)"
        }
    }

    /// A name without which the path would lead elsewhere is refused; the server checks the rest.
    private func checked(_ name: String) throws(KubernetesError) -> String {
        guard !name.isEmpty, name != ".", name != "..", !name.contains("/") else {
            throw KubernetesError(.configuration, "'\(name)' cannot be the name of an object or a namespace")
        }
        return name
    }
}
