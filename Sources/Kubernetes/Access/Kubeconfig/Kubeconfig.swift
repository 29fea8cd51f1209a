// SPDX-License-Identifier: Apache-2.0

/// What kubectl and others keep in `~/.kube/config` (client.config.k8s.io/v1), from one file or several.
struct Kubeconfig {
    private let files: [KubeconfigFile]

    init(_ paths: [String], skipsMissing: Bool) throws(KubernetesError) {
        var files: [KubeconfigFile] = []
        for path in paths {
            if let file = try KubeconfigFile(path, skipsMissing: skipsMissing) { files.append(file) }
        }
        guard !files.isEmpty else {
            let list = paths.joined(separator: ", ")
            throw KubernetesError(
                .configuration,
                "there is no kubeconfig at \(list): create it or correct the path"
            )
        }
        self.files = files
    }

    /// The context of that name, or the current one.
    func context(_ name: String?) throws(KubernetesError) -> Context {
        var name = name
        for file in files where name == nil { name = try file.text("current-context", of: file.root) }
        guard let name else {
            throw KubernetesError(.configuration, "\(place) has no current context: name one in the settings")
        }
        let (file, entry) = try find("context", in: "contexts", name)
        guard let cluster = try file.text("cluster", of: entry), let user = try file.text("user", of: entry)
        else {
            throw file.error("the context '\(name)' needs a cluster and a user")
        }
        return Context(cluster: cluster, user: user, namespace: try file.text("namespace", of: entry))
    }

    func cluster(_ name: String) throws(KubernetesError) -> Cluster {
        let (file, entry) = try find("cluster", in: "clusters", name)
        try file.refuse(Self.unsupportedClusterKeys, of: entry, "the cluster '\(name)'")
        if try file.flag("insecure-skip-tls-verify", of: entry) {
            throw file.error(
                "the cluster '\(name)' has insecure-skip-tls-verify, but its certificate is always verified: "
                    + "give its certificate-authority and, where the certificate is for another name, tls-server-name"
            )
        }
        guard let server = try file.text("server", of: entry) else {
            throw file.error("the cluster '\(name)' has no server")
        }
        do throws(KubernetesError) {
            return Cluster(
                server: try ServerAddress(server),
                certificateAuthority: try file.fileOrData("certificate-authority", of: entry),
                tlsServerName: try file.text("tls-server-name", of: entry)
            )
        } catch {
            throw error.code == .configuration ? error.doing("the cluster '\(name)'") : error
        }
    }

    /// How a user proves who it is; a plugin may want to know to which `cluster`.
    func credentials(_ name: String, for cluster: String) throws(KubernetesError) -> Credentials {
        let (file, entry) = try find("user", in: "users", name)
        try file.refuse(Self.unsupportedUserKeys, of: entry, "the user '\(name)'")
        var credentials = Credentials()
        let chain = try file.fileOrData("client-certificate", of: entry)
        let key = try file.fileOrData("client-key", of: entry)
        switch (chain, key) {
        case (let chain?, let key?): credentials.certificate = .init(chain: chain, key: key)
        case (nil, nil): break
        default: throw file.error("the user '\(name)' needs both a client-certificate and a client-key")
        }
        // The order of kubectl: a file wins over the text, and both over a plugin.
        if let path = try file.text("tokenFile", of: entry) {
            credentials.token = .file(file.resolve(path))
        } else if let token = try file.text("token", of: entry) {
            credentials.token = .text(Confidential(token))
        } else if let exec = entry["exec"] {
            let plugin = try file.plugin(exec, user: name, cluster: try self.cluster(cluster))
            credentials.token = .plugin(plugin)
        }
        return credentials
    }

    /// Each changes who we are or how we connect, so none can be passed over.
    private static let unsupportedClusterKeys = ["proxy-url": "remove it"]
    private static let unsupportedUserKeys = [
        "auth-provider": "use exec", "username": "use a token", "password": "use a token", "as": "remove it",
        "as-uid": "remove it", "as-groups": "remove it", "as-user-extra": "remove it",
    ]

    private func find(
        _ kind: String,
        in list: String,
        _ name: String
    ) throws(KubernetesError) -> (KubeconfigFile, KubeconfigFile.Mapping) {
        for file in files {
            if let entry = try file.entry(kind, in: list, named: name) { return (file, entry) }
        }
        throw KubernetesError(.configuration, "\(place) has no \(kind) '\(name)': add it or correct the name")
    }

    private var place: String { files.map { "'\($0.path)'" }.joined(separator: ", ") }

    struct Context {
        let cluster: String
        let user: String
        let namespace: String?
    }
}
