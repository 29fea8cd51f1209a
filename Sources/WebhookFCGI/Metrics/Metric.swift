// SPDX-License-Identifier: Apache-2.0

/// A family of numbers that Prometheus is told.
struct Metric: Sendable {
    let name: String
    let kind: Kind

    /// Their values are from the configuration, or fixed words of the program: no stranger can add one.
    let labels: [String]

    /// One sentence, for people.
    let help: String

    enum Kind: String {
        case counter
        case gauge
        case histogram
    }
}

extension Metric {
    private static func counter(_ name: String, _ labels: String..., help: String) -> Metric {
        Metric(name: name, kind: .counter, labels: labels, help: help)
    }

    private static func gauge(_ name: String, _ labels: String..., help: String) -> Metric {
        Metric(name: name, kind: .gauge, labels: labels, help: help)
    }

    private static func histogram(_ name: String, _ labels: String..., help: String) -> Metric {
        Metric(name: name, kind: .histogram, labels: labels, help: help)
    }

    static let deliveries = counter(
        "webhook_fcgi_deliveries_total",
        "project",
        "receiver",
        "provider",
        "event",
        "outcome",
        help: "Deliveries to a receiver's path by what became of them."
    )
    static let authenticationFailures = counter(
        "webhook_fcgi_authentication_failures_total",
        "project",
        "receiver",
        "provider",
        help: "Deliveries that had the right path and not the right secret."
    )
    static let unroutedRequests = counter(
        "webhook_fcgi_unrouted_requests_total",
        "reason",
        help: "Requests that led to no receiver."
    )
    static let refreshes = counter(
        "webhook_fcgi_refreshes_total",
        "sink",
        "outcome",
        help: "Attempts to refresh a target."
    )
    static let replyDuration = histogram(
        "webhook_fcgi_reply_duration_seconds",
        help: "From reading a turn's requests to the reply, confirmation included."
    )
    static let commitDuration = histogram(
        "webhook_fcgi_commit_duration_seconds",
        help: "Commits of a turn's deliveries, waiting for the lock included."
    )
    static let commitDeliveries = histogram(
        "webhook_fcgi_commit_deliveries",
        help: "Deliveries that were committed together."
    )
    static let commitErrors = counter(
        "webhook_fcgi_commit_errors_total",
        help: "Commits that failed: their senders got 503."
    )
    static let sinkDuration = histogram(
        "webhook_fcgi_sink_duration_seconds",
        "sink",
        help: "Calls of the sink, which takes several refreshes at once where it can."
    )
    static let pending = gauge(
        "webhook_fcgi_outbox_pending_refreshes",
        help: "Refreshes that wait in the outbox, of all processes that share it."
    )
    static let failing = gauge(
        "webhook_fcgi_outbox_failing_refreshes",
        help: "Those of them that were tried and failed."
    )
    static let oldestPending = gauge(
        "webhook_fcgi_outbox_oldest_pending_age_seconds",
        help: "How long the one waits that has waited longest, 0 where none does."
    )
    static let pendingObjects = gauge(
        "webhook_fcgi_outbox_pending_objects",
        help: "Objects of catalogues that wait in the outbox, of all processes that share it."
    )
    static let failingObjects = gauge(
        "webhook_fcgi_outbox_failing_objects",
        help: "Those of them that were tried and failed."
    )
    static let oldestPendingObject = gauge(
        "webhook_fcgi_outbox_oldest_pending_object_age_seconds",
        help: "How long the one waits that has waited longest, 0 where none does."
    )
    static let ready = gauge("webhook_fcgi_ready", help: "1 while deliveries are taken.")
    static let sourceFresh = gauge(
        "webhook_fcgi_source_fresh",
        help: "1 while what is in force is what the source held last."
    )
    static let sinkFresh = gauge(
        "webhook_fcgi_sink_fresh",
        help: "1 while nothing is known to be wrong with the sink."
    )
    static let receivers = gauge("webhook_fcgi_snapshot_receivers", help: "Receivers that answer.")
    static let obstructed = gauge(
        "webhook_fcgi_snapshot_unusable_catalogues",
        help: "CatalogueReceivers that answer and cannot be used: what comes for them waits."
    )
    static let warehouses = gauge("webhook_fcgi_snapshot_warehouses", help: "Warehouses that were read.")
    static let subscriptions = gauge(
        "webhook_fcgi_snapshot_subscriptions",
        help: "Subscriptions to repositories."
    )
    static let reloads = counter(
        "webhook_fcgi_reloads_total",
        "outcome",
        help: "Reloads of settings and manifests, each process's own."
    )
    static let watchRestarts = counter(
        "webhook_fcgi_watch_restarts_total",
        help: "Watches of the API server that ended and began again, every few minutes in any case."
    )
    static let processes = gauge(
        "webhook_fcgi_processes",
        help: "Processes that share the outbox, whose counts and usage these are."
    )
    static let buildInfo = gauge("webhook_fcgi_build_info", "version", help: "1, for the program's version.")
    static let processCPU = counter(
        "process_cpu_seconds_total",
        help: "Processor time of all processes, user and system."
    )
    static let processResident = gauge(
        "process_resident_memory_bytes",
        help: "Resident memory of all processes."
    )
    static let processVirtual = gauge(
        "process_virtual_memory_bytes",
        help: "Virtual memory of all processes."
    )
    static let processDescriptors = gauge("process_open_fds", help: "Open descriptors of all processes.")
    static let processMaxDescriptors = gauge(
        "process_max_fds",
        help: "Descriptors that all processes together may have."
    )
    static let processStart = gauge(
        "process_start_time_seconds",
        help: "When the youngest process began, in seconds since 1970."
    )

    /// In the order in which they are told.
    static let all = [
        deliveries, authenticationFailures, unroutedRequests, replyDuration, commitDuration,
        commitDeliveries, commitErrors, refreshes, sinkDuration, pending, failing, oldestPending,
        pendingObjects, failingObjects, oldestPendingObject, ready,
        sourceFresh, sinkFresh, receivers, obstructed, warehouses, subscriptions, reloads, watchRestarts,
        processes, buildInfo, processCPU, processResident, processVirtual, processDescriptors,
        processMaxDescriptors, processStart,
    ]
}
