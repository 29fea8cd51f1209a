// SPDX-License-Identifier: Apache-2.0

/// What a site is made of; the defaults are what most tests need.
struct Setup {
    var manifests = Manifests.sample

    /// The sink's folder, inside the site's or absolute.
    var sink = "refresh"

    /// Further lines of the settings file.
    var settings: [String] = []
    var logFormat = "text"
    var start = Responder.Start.spawnFCGI

    /// Whether nginx keeps its connections to the responder.
    var keepsConnections = true

    /// Whether nginx has only the receivers' locations, or hands every path to the responder.
    var hasOnlyReceivers = false

    /// More than the responder's own limit, so that it is this one that is seen.
    var nginxBodyLimit = "8m"

    var config: String {
        ([
            "baseURL: https://hooks.example.com/webhooks",
            "source: { directory: manifests }",
            "sink: { file: { directory: \(sink) } }",
            "stateDirectory: state",
            "log: { format: \(logFormat), file: webhook-fcgi.log }",
        ] + settings).joined(separator: "\n")
    }
}
