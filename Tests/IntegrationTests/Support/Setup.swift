// SPDX-License-Identifier: Apache-2.0

/// What a site is made of; the defaults are what most tests need.
struct Setup {
    var manifests = Manifests.sample

    /// The sink's folder, inside the site's or absolute.
    var sink = "refresh"

    /// The outbox's folder, likewise.
    var state = "state"

    /// Further lines of the settings file.
    var settings: [String] = []
    var logFormat = "text"
    var start = Responder.Start.spawnFCGI

    /// Whether nginx keeps its connections to the responder.
    var keepsConnections = true

    /// Whether nginx has only the receivers' locations, or hands every path to the responder.
    var hasOnlyReceivers = false

    /// No waiting between refreshes of one Warehouse.
    var minInterval = "0s"

    /// Time enough to wait for an outcome on a busy machine.
    var confirmTimeout = "5s"

    /// More than the responder's own limit, so that it is this one that is seen.
    var nginxBodyLimit = "8m"

    var config: String {
        ([
            "baseURL: https://hooks.example.com/webhooks",
            "source: { directory: manifests }",
            "sink: { file: { directory: \(sink) } }",
            "stateDirectory: \(state)",
            "log: { format: \(logFormat), file: webhook-fcgi.log }",
        ] + settings + ["refresh: { minInterval: \(minInterval), confirmTimeout: \(confirmTimeout) }"])
        .joined(separator: "\n")
    }
}
