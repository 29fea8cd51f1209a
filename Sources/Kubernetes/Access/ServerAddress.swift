// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Where an API server is; reached through TLS or not at all.
package struct ServerAddress: Sendable, Hashable {
    /// A name or an address, IPv6 without brackets.
    package let host: String
    package let port: Int

    /// Before every path of the API, for example `/k8s/clusters/c-1` at a gateway; empty for most.
    package let path: String

    package init(host: String, port: Int, path: String = "") {
        self.host = host
        self.port = port
        self.path = path
    }

    /// Reads for example `https://10.0.0.1:6443`; an error does not quote it, because it might hold a password.
    package init(_ text: String) throws(KubernetesError) {
        guard let url = URL(string: text), let host = url.host(percentEncoded: false), !host.isEmpty else {
            throw KubernetesError(.configuration, "its server is no URL: write https://HOST:PORT")
        }
        guard url.scheme?.lowercased() == "https" else {
            throw KubernetesError(
                .configuration,
                "its server is not reached through TLS: write https://HOST:PORT"
            )
        }
        guard url.user == nil, url.password == nil, url.query == nil, url.fragment == nil else {
            throw KubernetesError(.configuration, "its server has more than host, port and path: remove it")
        }
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = url.port ?? 443
        let path = url.path(percentEncoded: true)
        self.path = path.hasSuffix("/") ? String(path.dropLast()) : path
    }
}
