// SPDX-License-Identifier: Apache-2.0

/// What an operator decides: one small YAML file, each value of which the environment can override.
package struct Settings: Sendable, Equatable {
    package let baseURL: BaseURL
    package let source: Source
    package let sink: Sink

    /// Absolute.
    package let stateDirectory: String

    /// How many event loops there are, each with its own thread.
    package let responders: Int
    package let limits: Limits
    package let refresh: Refresh
    package let dedupe: Dedupe
    package let deliveries: Deliveries
    package let log: Log

    /// When refreshes happen.
    package struct Refresh: Sendable, Equatable {
        /// A Warehouse is refreshed at most once in this time.
        package let minInterval: Duration

        /// A sender waits so long to learn that its refreshes have happened.
        package let confirmTimeout: Duration
    }

    /// Deliveries that come twice.
    package struct Dedupe: Sendable, Equatable {
        /// They are recognised for this long.
        package let window: Duration
    }

    /// The delivery log.
    package struct Deliveries: Sendable, Equatable {
        /// How many are kept.
        package let keep: Int

        /// How many days they are kept at most.
        package let days: Int
    }

    /// Where the manifests come from: exactly one of these.
    package enum Source: Sendable, Equatable {
        /// Files below an absolute path.
        ///
        /// The namespace is where the Secrets of a ClusterConfig's receivers are.
        case directory(String, systemResourcesNamespace: String)

        /// The cluster itself; of all namespaces when none is given.
        case kubernetes(Cluster, namespaces: [String]?, systemResourcesNamespace: String)
    }

    /// Where refreshes go: exactly one of these.
    package enum Sink: Sendable, Equatable {
        /// Partial manifests below an absolute path.
        case file(directory: String)

        /// The Warehouses themselves.
        case kubernetes(Cluster, fieldManager: String, maxConcurrent: Int, timeout: Duration)
    }

    /// Which cluster, and as whom; what is left out is found as kubectl and controllers find it.
    package struct Cluster: Sendable, Equatable {
        /// Absolute.
        package let kubeconfig: String?
        package let context: String?
    }

    package struct Limits: Sendable, Equatable {
        /// The largest body that is accepted.
        package let bodyBytes: Int

        /// For each receiver by itself; nil for no limit.
        package let perReceiver: RateLimit?
    }

    package struct Log: Sendable, Equatable {
        package let level: LogLevel
        package let format: LogFormat

        /// Absolute; nil for standard error.
        package let file: String?
    }
}
