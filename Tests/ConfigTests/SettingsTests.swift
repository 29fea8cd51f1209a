// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import Config

@Suite struct SettingsTests {
    static let minimal = """
        baseURL: https://hooks.example.com/webhooks
        source:
          directory: manifests
        sink:
          file:
            directory: /var/refresh

        """

    @Test("What is left out has its default, and paths are relative to the file")
    func defaults() throws {
        let folder = try TemporaryFolder(["config.yaml": Self.minimal])
        let (settings, warnings) = try Settings.load(file: "\(folder.path)/config.yaml", environment: [:])
        #expect(
            settings
                == Settings(
                    baseURL: try BaseURL("https://hooks.example.com/webhooks"),
                    source: .directory(
                        "\(folder.path)/manifests",
                        systemResourcesNamespace: "kargo-system-resources"
                    ),
                    sink: .file(directory: "/var/refresh"),
                    stateDirectory: "/var/lib/webhook-fcgi",
                    responders: 1,
                    limits: .init(bodyBytes: 2_097_152, perReceiver: nil),
                    refresh: .init(minInterval: .seconds(1), confirmTimeout: .milliseconds(100)),
                    dedupe: .init(window: .seconds(600)),
                    deliveries: .init(keep: 10_000, days: 14),
                    log: .init(level: .info, format: .text, file: nil)
                )
        )
        #expect(warnings.isEmpty)
    }

    @Test("Every setting of the file is read")
    func everything() throws {
        let text = """
            baseURL: http://localhost:8080
            source: { directory: ./m, systemResourcesNamespace: shared }
            sink: { file: { directory: out } }
            stateDirectory: state
            responders: 4
            limits: { bodyBytes: 1024, perReceiver: { rate: 50/s, burst: 200 } }
            refresh: { minInterval: 0s, confirmTimeout: 250ms }
            dedupe: { window: 1h }
            deliveries: { keep: 5, days: 2 }
            log: { level: debug, format: json, file: log/x.log }
            """
        let folder = try TemporaryFolder(["config.yaml": text])
        let settings = try Settings.load(file: "\(folder.path)/config.yaml", environment: [:]).settings
        #expect(settings.baseURL.path == "/")
        #expect(settings.source == .directory("\(folder.path)/m", systemResourcesNamespace: "shared"))
        #expect(settings.sink == .file(directory: "\(folder.path)/out"))
        #expect(settings.stateDirectory == "\(folder.path)/state")
        #expect(settings.responders == 4)
        #expect(settings.limits.bodyBytes == 1024)
        #expect(
            settings.limits.perReceiver == RateLimit(rate: .init(count: 50, in: .seconds(1)), burst: 200)
        )
        #expect(settings.refresh == .init(minInterval: .zero, confirmTimeout: .milliseconds(250)))
        #expect(settings.dedupe.window == .seconds(3600))
        #expect(settings.deliveries == .init(keep: 5, days: 2))
        #expect(settings.log == .init(level: .debug, format: .json, file: "\(folder.path)/log/x.log"))
    }

    @Test("The environment has the last word, unless it is empty")
    func environment() throws {
        let folder = try TemporaryFolder(["config.yaml": Self.minimal + "log: { file: null }\n"])
        let environment = [
            "WEBHOOK_FCGI_BASE_URL": "https://other.example.com",
            "WEBHOOK_FCGI_SOURCE_DIRECTORY": "elsewhere",
            "WEBHOOK_FCGI_SOURCE_SYSTEM_RESOURCES_NAMESPACE": "shared",
            "WEBHOOK_FCGI_SINK_FILE_DIRECTORY": "",
            "WEBHOOK_FCGI_STATE_DIRECTORY": "/state",
            "WEBHOOK_FCGI_RESPONDERS": "2",
            "WEBHOOK_FCGI_LIMITS_BODY_BYTES": "99",
            "WEBHOOK_FCGI_LIMITS_PER_RECEIVER_RATE": "90/h",
            "WEBHOOK_FCGI_LIMITS_PER_RECEIVER_BURST": "7",
            "WEBHOOK_FCGI_REFRESH_MIN_INTERVAL": "2s",
            "WEBHOOK_FCGI_REFRESH_CONFIRM_TIMEOUT": "3ms",
            "WEBHOOK_FCGI_DEDUPE_WINDOW": "4m",
            "WEBHOOK_FCGI_DELIVERIES_KEEP": "5",
            "WEBHOOK_FCGI_DELIVERIES_DAYS": "6",
            "WEBHOOK_FCGI_LOG_LEVEL": "trace",
            "WEBHOOK_FCGI_LOG_FORMAT": "json",
            "WEBHOOK_FCGI_LOG_FILE": "/log",
        ]
        #expect(
            Set(environment.keys)
                == Set(Settings.documented.map(\.environment).filter { !$0.contains("KUBERNETES") })
        )
        let (settings, warnings) = try Settings.load(
            file: "\(folder.path)/config.yaml",
            environment: environment
        )
        #expect(settings.baseURL.description == "https://other.example.com")
        #expect(
            settings.source
                == .directory("\(folder.path)/elsewhere", systemResourcesNamespace: "shared")
        )
        #expect(settings.sink == .file(directory: "/var/refresh"))
        #expect(settings.stateDirectory == "/state")
        #expect(settings.responders == 2)
        #expect(settings.limits.bodyBytes == 99)
        #expect(
            settings.limits.perReceiver == RateLimit(rate: .init(count: 90, in: .seconds(3600)), burst: 7)
        )
        #expect(settings.refresh == .init(minInterval: .seconds(2), confirmTimeout: .milliseconds(3)))
        #expect(settings.dedupe.window == .seconds(240))
        #expect(settings.deliveries == .init(keep: 5, days: 6))
        #expect(settings.log == .init(level: .trace, format: .json, file: "/log"))
        #expect(warnings.isEmpty)
    }

    @Test("Source and sink can be a cluster, from the file")
    func cluster() throws {
        let text = """
            baseURL: http://localhost:8080
            source:
              kubernetes: { kubeconfig: k, context: prod, namespaces: [b, a, b], systemResourcesNamespace: shared }
            sink:
              kubernetes: { kubeconfig: /k, fieldManager: me, maxConcurrent: 4, timeout: 3s }
            """
        let folder = try TemporaryFolder(["config.yaml": text])
        let settings = try Settings.load(file: "\(folder.path)/config.yaml", environment: [:]).settings
        #expect(
            settings.source
                == .kubernetes(
                    .init(kubeconfig: "\(folder.path)/k", context: "prod"),
                    namespaces: ["a", "b"],
                    systemResourcesNamespace: "shared"
                )
        )
        #expect(
            settings.sink
                == .kubernetes(
                    .init(kubeconfig: "/k", context: nil),
                    fieldManager: "me",
                    maxConcurrent: 4,
                    timeout: .seconds(3)
                )
        )
    }

    @Test("An empty mapping, or a variable, is enough to choose the cluster")
    func clusterByDefault() throws {
        let text = """
            baseURL: http://localhost:8080
            source: { kubernetes: {} }
            """
        let folder = try TemporaryFolder(["config.yaml": text])
        let settings = try Settings.load(
            file: "\(folder.path)/config.yaml",
            environment: [
                "WEBHOOK_FCGI_SINK_KUBERNETES_FIELD_MANAGER": "me",
                "WEBHOOK_FCGI_SOURCE_KUBERNETES_NAMESPACES": "a, b",
            ]
        ).settings
        let here = Settings.Cluster(kubeconfig: nil, context: nil)
        #expect(
            settings.source
                == .kubernetes(
                    here,
                    namespaces: ["a", "b"],
                    systemResourcesNamespace: "kargo-system-resources"
                )
        )
        #expect(
            settings.sink == .kubernetes(here, fieldManager: "me", maxConcurrent: 16, timeout: .seconds(10))
        )
    }

    @Test("The environment alone can configure everything beside an empty file")
    func emptyFile() throws {
        let folder = try TemporaryFolder(["config.yaml": "# nothing\n"])
        let environment = [
            "WEBHOOK_FCGI_BASE_URL": "https://a", "WEBHOOK_FCGI_SOURCE_DIRECTORY": "/m",
            "WEBHOOK_FCGI_SINK_FILE_DIRECTORY": "/r",
        ]
        #expect(throws: Never.self) {
            try Settings.load(file: "\(folder.path)/config.yaml", environment: environment)
        }
    }

    @Test("Every setting is documented with its default")
    func documented() {
        #expect(
            Settings.documented.map { "\($0.path) \($0.environment) \($0.defaultText)" } == [
                "baseURL WEBHOOK_FCGI_BASE_URL required",
                "source.directory WEBHOOK_FCGI_SOURCE_DIRECTORY none",
                "source.systemResourcesNamespace WEBHOOK_FCGI_SOURCE_SYSTEM_RESOURCES_NAMESPACE kargo-system-resources",
                "source.kubernetes.kubeconfig WEBHOOK_FCGI_SOURCE_KUBERNETES_KUBECONFIG none",
                "source.kubernetes.context WEBHOOK_FCGI_SOURCE_KUBERNETES_CONTEXT none",
                "source.kubernetes.namespaces WEBHOOK_FCGI_SOURCE_KUBERNETES_NAMESPACES none",
                "source.kubernetes.systemResourcesNamespace WEBHOOK_FCGI_SOURCE_KUBERNETES_SYSTEM_RESOURCES_NAMESPACE kargo-system-resources",
                "sink.file.directory WEBHOOK_FCGI_SINK_FILE_DIRECTORY none",
                "sink.kubernetes.kubeconfig WEBHOOK_FCGI_SINK_KUBERNETES_KUBECONFIG none",
                "sink.kubernetes.context WEBHOOK_FCGI_SINK_KUBERNETES_CONTEXT none",
                "sink.kubernetes.fieldManager WEBHOOK_FCGI_SINK_KUBERNETES_FIELD_MANAGER webhook-fcgi",
                "sink.kubernetes.maxConcurrent WEBHOOK_FCGI_SINK_KUBERNETES_MAX_CONCURRENT 16",
                "sink.kubernetes.timeout WEBHOOK_FCGI_SINK_KUBERNETES_TIMEOUT 10s",
                "stateDirectory WEBHOOK_FCGI_STATE_DIRECTORY /var/lib/webhook-fcgi",
                "responders WEBHOOK_FCGI_RESPONDERS 1",
                "limits.bodyBytes WEBHOOK_FCGI_LIMITS_BODY_BYTES 2097152",
                "limits.perReceiver.rate WEBHOOK_FCGI_LIMITS_PER_RECEIVER_RATE none",
                "limits.perReceiver.burst WEBHOOK_FCGI_LIMITS_PER_RECEIVER_BURST none",
                "refresh.minInterval WEBHOOK_FCGI_REFRESH_MIN_INTERVAL 1s",
                "refresh.confirmTimeout WEBHOOK_FCGI_REFRESH_CONFIRM_TIMEOUT 100ms",
                "dedupe.window WEBHOOK_FCGI_DEDUPE_WINDOW 10m",
                "deliveries.keep WEBHOOK_FCGI_DELIVERIES_KEEP 10000",
                "deliveries.days WEBHOOK_FCGI_DELIVERIES_DAYS 14",
                "log.level WEBHOOK_FCGI_LOG_LEVEL info",
                "log.format WEBHOOK_FCGI_LOG_FORMAT text",
                "log.file WEBHOOK_FCGI_LOG_FILE none",
            ]
        )
    }

    @Test("The name of a variable is that of the path, in capitals")
    func variableName() {
        for (path, name) in [
            ("baseURL", "BASE_URL"), ("limits.bodyBytes", "LIMITS_BODY_BYTES"), ("log.file", "LOG_FILE"),
        ] {
            let setting = SettingDescription(path: path, defaultText: "", description: "")
            #expect(setting.environment == "WEBHOOK_FCGI_" + name)
        }
    }
}
