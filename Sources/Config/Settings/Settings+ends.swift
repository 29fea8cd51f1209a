// SPDX-License-Identifier: Apache-2.0

/// The two ends of the way: of the kinds of sources, and of sinks, exactly one each is set.
extension Settings.Source {
    static func read(_ reader: inout SettingsReader, folder: String) -> Self? {
        let directory = reader.optional(
            "source.directory",
            .path(relativeTo: folder),
            "Folder with Kargo's manifests: `*.yaml`, `*.yml` and `*.json`, read recursively"
        )
        let namespaceForDirectory = systemResourcesNamespace(&reader, below: "source")
        let cluster = Settings.Cluster.read(&reader, below: "source.kubernetes", folder: folder)
        let namespaces = reader.optional(
            "source.kubernetes.namespaces",
            .namespaces,
            "Namespaces to read, a list or separated by commas; all of them when it is left out"
        )
        let namespaceForCluster = systemResourcesNamespace(&reader, below: "source.kubernetes")
        switch reader.oneOf(["source.directory", "source.kubernetes"]) {
        case "source.directory":
            guard let directory, let namespaceForDirectory else { return nil }
            return .directory(directory, systemResourcesNamespace: namespaceForDirectory)
        case "source.kubernetes":
            guard let namespaceForCluster else { return nil }
            return .kubernetes(
                cluster,
                namespaces: namespaces,
                systemResourcesNamespace: namespaceForCluster
            )
        default: return nil
        }
    }

    private static func systemResourcesNamespace(
        _ reader: inout SettingsReader,
        below group: String
    ) -> String? {
        reader.value(
            "\(group).systemResourcesNamespace",
            .namespace,
            default: "kargo-system-resources",
            "Namespace of the Secrets that a ClusterConfig's receivers refer to"
        )
    }
}

extension Settings.Sink {
    static func read(_ reader: inout SettingsReader, folder: String) -> Self? {
        let directory = reader.optional(
            "sink.file.directory",
            .path(relativeTo: folder),
            "Folder that refreshes are written to"
        )
        let cluster = Settings.Cluster.read(&reader, below: "sink.kubernetes", folder: folder)
        let fieldManager = reader.value(
            "sink.kubernetes.fieldManager",
            .fieldManager,
            default: "webhook-fcgi",
            "Under which name the API server notes who annotated a Warehouse"
        )
        let maxConcurrent = reader.value(
            "sink.kubernetes.maxConcurrent",
            .wholeNumber(in: 1...256),
            default: "16",
            "Warehouses that are patched at the same time (1 to 256)"
        )
        let timeout = reader.value(
            "sink.kubernetes.timeout",
            .duration(atLeast: .seconds(1), atMost: .seconds(300)),
            default: "10s",
            "How long a patch may take before it is tried again (1s to 300s)"
        )
        switch reader.oneOf(["sink.file.directory", "sink.kubernetes"]) {
        case "sink.file.directory":
            return directory.map { .file(directory: $0) }
        case "sink.kubernetes":
            guard let fieldManager, let maxConcurrent, let timeout else { return nil }
            return .kubernetes(
                cluster,
                fieldManager: fieldManager,
                maxConcurrent: maxConcurrent,
                timeout: timeout
            )
        default: return nil
        }
    }
}

extension Settings.Cluster {
    fileprivate static func read(_ reader: inout SettingsReader, below group: String, folder: String) -> Self
    {
        let kubeconfig = reader.optional(
            "\(group).kubeconfig",
            .path(relativeTo: folder),
            "Path of a kubeconfig; else `$KUBECONFIG`, the pod's service account, or `~/.kube/config`"
        )
        let context = reader.optional(
            "\(group).context",
            .name,
            "Context of the kubeconfig, else its current one"
        )
        return Self(kubeconfig: kubeconfig, context: context)
    }
}
