// SPDX-License-Identifier: Apache-2.0

/// What a site is made of; the defaults are what most tests need.
package struct Setup {
    package var manifests: [String: String]

    /// The folder of manifests that is read, inside the site's or absolute.
    package var source: String

    /// Further files of the site's folder: for a cluster `kubeconfig`, and what that refers to.
    package var files: [String: String]

    /// Whether the cluster is the source, instead of the manifests, and whether it is the sink.
    package var readsCluster: Bool
    package var patchesCluster: Bool

    /// How long a patch of the cluster's may take.
    package var patchTimeout: String

    /// The cluster's namespaces that are read; nil for all of them.
    package var namespaces: [String]?

    /// The sink's folder, inside the site's or absolute.
    package var sink: String

    /// The outbox's folder, likewise.
    package var state: String

    /// Further lines of the settings file.
    package var settings: [String]
    package var logFormat: String
    package var start: Responder.Start

    /// Whether nginx keeps its connections to the responder.
    package var keepsConnections: Bool

    /// Whether nginx has only the receivers' locations, or hands every path to the responder.
    package var hasOnlyReceivers: Bool

    /// Between refreshes of one Warehouse: by default they do not wait.
    package var minInterval: String

    /// By default time enough to wait for an outcome on a busy machine.
    package var confirmTimeout: String

    /// By default more than the responder's own limit, so that it is this one that is seen.
    package var nginxBodyLimit: String

    package init(
        manifests: [String: String] = Manifests.sample,
        source: String = "manifests",
        files: [String: String] = [:],
        readsCluster: Bool = false,
        patchesCluster: Bool = false,
        patchTimeout: String = "60s",
        namespaces: [String]? = nil,
        sink: String = "refresh",
        state: String = "state",
        settings: [String] = [],
        logFormat: String = "text",
        start: Responder.Start = .spawnFCGI,
        keepsConnections: Bool = true,
        hasOnlyReceivers: Bool = false,
        minInterval: String = "0s",
        confirmTimeout: String = "10s",
        nginxBodyLimit: String = "8m"
    ) {
        self.manifests = manifests
        self.source = source
        self.files = files
        self.readsCluster = readsCluster
        self.patchesCluster = patchesCluster
        self.patchTimeout = patchTimeout
        self.namespaces = namespaces
        self.sink = sink
        self.state = state
        self.settings = settings
        self.logFormat = logFormat
        self.start = start
        self.keepsConnections = keepsConnections
        self.hasOnlyReceivers = hasOnlyReceivers
        self.minInterval = minInterval
        self.confirmTimeout = confirmTimeout
        self.nginxBodyLimit = nginxBodyLimit
    }

    package var config: String {
        ([
            "baseURL: https://hooks.example.com/webhooks",
            readsCluster ? "source: \(clusterSource)" : "source: { directory: \(source) }",
            patchesCluster ? "sink: \(clusterSink)" : "sink: { file: { directory: \(sink) } }",
            "stateDirectory: \(state)",
            "log: { format: \(logFormat), file: webhook-fcgi.log }",
        ] + settings + ["refresh: { minInterval: \(minInterval), confirmTimeout: \(confirmTimeout) }"])
        .joined(separator: "\n")
    }

    private var clusterSink: String { "{ kubernetes: { kubeconfig: kubeconfig, timeout: \(patchTimeout) } }" }

    private var clusterSource: String {
        guard let namespaces else { return Self.cluster }
        return
            "{ kubernetes: { kubeconfig: kubeconfig, namespaces: [\(namespaces.joined(separator: ", "))] } }"
    }

    private static let cluster = "{ kubernetes: { kubeconfig: kubeconfig } }"
}
