// SPDX-License-Identifier: Apache-2.0

/// Everything it takes to speak to an API server.
package struct ClusterAccess: Sendable {
    package let cluster: Cluster
    package let credentials: Credentials

    /// Of the kubeconfig's context, or of the service account; `default` when neither says.
    package let namespace: String

    /// Reads the credentials' settings anew, because somebody may have logged in again; the cluster stays.
    let reread: @Sendable () throws(KubernetesError) -> Credentials

    package init(cluster: Cluster, credentials: Credentials, namespace: String = "default") {
        self.init(cluster: cluster, credentials: credentials, namespace: namespace) { credentials }
    }

    init(
        cluster: Cluster,
        credentials: Credentials,
        namespace: String,
        reread: @escaping @Sendable () throws(KubernetesError) -> Credentials
    ) {
        self.cluster = cluster
        self.credentials = credentials
        self.namespace = namespace
        self.reread = reread
    }
}

extension ClusterAccess {
    /// What the settings and the environment lead to.
    ///
    /// In the order of Kubernetes' own controllers: the kubeconfig that is named, those in `$KUBECONFIG`, the pod's
    /// service account, `~/.kube/config`.
    package static func discover(
        kubeconfig: String? = nil,
        context: String? = nil,
        environment: [String: String]
    ) throws(KubernetesError) -> ClusterAccess {
        if let kubeconfig { return try .kubeconfig([kubeconfig], context: context) }
        if let list = environment["KUBECONFIG"], !list.isEmpty {
            let paths = list.split(separator: ":").map(String.init)
            return try .kubeconfig(paths, context: context, skipsMissing: true)
        }
        if let access = try inCluster(environment: environment) { return access }
        guard let home = environment["HOME"], !home.isEmpty else {
            throw KubernetesError(
                .configuration,
                "there is no way to a cluster: run in a pod, set $KUBECONFIG, or name a kubeconfig"
            )
        }
        return try .kubeconfig(["\(home)/.kube/config"], context: context)
    }

    /// A pod's service account; nil outside of a pod.
    package static func inCluster(
        environment: [String: String],
        folder: String = "/var/run/secrets/kubernetes.io/serviceaccount"
    ) throws(KubernetesError) -> ClusterAccess? {
        guard let host = environment["KUBERNETES_SERVICE_HOST"], !host.isEmpty,
            let port = environment["KUBERNETES_SERVICE_PORT"], !port.isEmpty
        else { return nil }
        guard let number = Int(port), (1...65535).contains(number) else {
            throw KubernetesError(.configuration, "KUBERNETES_SERVICE_PORT is no port: '\(port)'")
        }
        let namespace = String(
            decoding: try readFile("\(folder)/namespace", code: .configuration),
            as: UTF8.self
        )
        return ClusterAccess(
            cluster: Cluster(
                server: ServerAddress(host: host, port: number),
                certificateAuthority: .file("\(folder)/ca.crt")
            ),
            credentials: Credentials(token: .file("\(folder)/token")),
            namespace: namespace.filter { !$0.isWhitespace }
        )
    }

    /// A context of one or more kubeconfigs, which count as one: what the first says about a name holds.
    ///
    /// Without `context` it is the current one. `skipsMissing` is for a list of paths, in which kubectl allows files
    /// that do not exist.
    package static func kubeconfig(
        _ paths: [String],
        context: String? = nil,
        skipsMissing: Bool = false
    ) throws(KubernetesError) -> ClusterAccess {
        let kubeconfig = try Kubeconfig(paths, skipsMissing: skipsMissing)
        let context = try kubeconfig.context(context)
        return ClusterAccess(
            cluster: try kubeconfig.cluster(context.cluster),
            credentials: try kubeconfig.credentials(context.user, for: context.cluster),
            namespace: context.namespace ?? "default"
        ) { () throws(KubernetesError) in
            try Kubeconfig(paths, skipsMissing: skipsMissing).credentials(context.user, for: context.cluster)
        }
    }
}
