// SPDX-License-Identifier: Apache-2.0

import Foundation
package import POSIX

/// A whole installation in a folder of its own: manifests, settings, responder and nginx.
package final class Site {
    package let folder: TemporaryFolder
    package let responder: Responder
    package let nginx: Nginx
    package let receivers: [ReceiverRow]
    package let observer: SinkObserver

    /// Has a site for as long as `body` runs.
    ///
    /// Whatever happens in it, nothing is left behind.
    package static func with<Value>(_ setup: Setup = Setup(), _ body: (Site) throws -> Value) throws -> Value
    {
        let site = try Site(setup)
        defer { site.end() }
        return try body(site)
    }

    /// The same for a body that waits without blocking.
    package static func with<Value>(
        _ setup: Setup,
        _ body: (Site) async throws -> Value
    ) async throws -> Value {
        let site = try Site(setup)
        defer { site.end() }
        return try await body(site)
    }

    private init(_ setup: Setup) throws {
        folder = try TemporaryFolder()
        observer = SinkObserver(
            directory: setup.sink.hasPrefix("/") ? setup.sink : "\(folder.path)/\(setup.sink)"
        )
        try folder.write(setup.config, to: "config.yaml")
        for (name, text) in setup.manifests { try folder.write(text, to: "manifests/\(name)") }
        for (name, text) in setup.files { try folder.write(text, to: name) }
        // A cluster's come and go, and it may be away: the responder is asked about every path.
        receivers = setup.readsCluster ? [] : try Self.receivers(folder)
        try folder.write(setup.readsCluster ? "" : try Self.locations(folder), to: "locations.conf")
        try folder.write(try Self.parameters(setup), to: "webhook_fcgi_params")
        responder = try Responder(setup.start, in: folder)
        nginx = try Nginx(in: folder) { [folder] in Self.nginxConfig(setup, folder, port: $0) }
    }

    package func end() {
        nginx.end()
        responder.end()
    }

    /// The path of the receiver with that name.
    package func path(of receiver: String) throws -> String {
        guard let row = receivers.first(where: { $0.name == receiver }) else {
            throw Failure("no receiver '\(receiver)' in \(receivers)")
        }
        return row.path
    }

    /// The receivers as the manifests have them now, whatever the responder has read.
    package func currentReceivers() throws -> [ReceiverRow] { try Self.receivers(folder) }

    /// What the responder has logged.
    package var log: String { folder.read("webhook-fcgi.log") }

    package func token(of warehouse: String) throws -> Timestamp? { try observer.token(of: warehouse) }

    /// The Warehouses' files.
    package var refreshed: [String] { observer.files }

    private static func receivers(_ folder: TemporaryFolder) throws -> [ReceiverRow] {
        let config = "\(folder.path)/config.yaml"
        let json = try Command.webhookFCGI("receivers", "--output", "json", "--config", config).succeeded()
        return try JSONDecoder().decode([ReceiverRow].self, from: Data(json.utf8))
    }

    private static func locations(_ folder: TemporaryFolder) throws -> String {
        try Command.webhookFCGI("nginx", "--config", "\(folder.path)/config.yaml").succeeded()
    }

    private static func parameters(_ setup: Setup) throws -> String {
        let text = try Checkout.read("nginx/webhook_fcgi_params")
        if setup.keepsConnections { return text }
        return text.split(separator: "\n", omittingEmptySubsequences: false)
            .map { $0.hasPrefix("fastcgi_keep_conn") ? "fastcgi_keep_conn off;" : String($0) }
            .joined(separator: "\n")
    }

    private static func nginxConfig(_ setup: Setup, _ folder: TemporaryFolder, port: UInt16) -> String {
        let others =
            setup.hasOnlyReceivers ? "return 404;" : "include webhook_fcgi_params; fastcgi_pass webhook_fcgi;"
        return Nginx.frame(
            """
            upstream webhook_fcgi {
                server unix:\(folder.path)/socket;
                \(setup.keepsConnections ? "keepalive 64;" : "")
            }
            server {
                listen 127.0.0.1:\(port) backlog=4096;
                client_max_body_size \(setup.nginxBodyLimit);
                keepalive_requests 100000;
                include locations.conf;
                location / { \(others) }
            }
            """
        )
    }
}
