// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import HTTP
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix

/// Connections to one API server.
///
/// HTTP/1.1 and a connection for each call in flight, not HTTP/2: there, all calls would share one connection,
/// and when that is dead without a word (a moved address, a load balancer that forgot it) all of them would
/// time out on it again and again, because a time-out ends the call but not the connection.
///
/// Watches have connections of their own: they are bounded by how long nothing comes, calls by how long they
/// take.
final class Transport: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let calls: HTTPClient
    private let watches: HTTPClient
    private let cluster: Cluster
    private let timeout: Duration

    init(_ cluster: Cluster, timeout: Duration, watchIdleTimeout: Duration) {
        // A call is mostly waiting: one thread does the TLS of hundreds a second.
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = TimeAmount(timeout)
        // Callers bound how much they do at once. A call that waits for a connection would only time out.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        // Callers know when to try again.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { $0.keepAlive() }
        // The name that the certificate must have takes the host's place in URLs, and leads to it.
        if let name = cluster.tlsServerName { configuration.dnsOverride = [name: cluster.server.host] }
        calls = HTTPClient(eventLoopGroup: group, configuration: configuration)
        configuration.timeout.read = TimeAmount(watchIdleTimeout)
        watches = HTTPClient(eventLoopGroup: group, configuration: configuration)
        self.cluster = cluster
        self.timeout = timeout
    }

    /// The whole reply to `call`, at most `limit` bytes of it.
    func reply(to call: Call, _ session: Session, limit: Int) async throws(KubernetesError) -> [UInt8] {
        let request = try request(for: call, session)
        return try await transportErrors {
            try await group.any().withDeadline(timeout) { [calls, timeout] in
                let response = try await calls.execute(request, timeout: TimeAmount(timeout))
                let body = try await response.body.collect(upTo: limit)
                let bytes = Array(body.readableBytesView)
                try Self.check(response, bytes, call)
                return bytes
            }
        }
    }

    /// A reply that goes on for as long as the server wants; its head comes within the time of a call.
    func stream(_ call: Call, _ session: Session) async throws(KubernetesError) -> HTTPClientResponse.Body {
        let request = try request(for: call, session)
        return try await transportErrors {
            let response = try await watches.execute(request, timeout: TimeAmount(timeout))
            if response.status != .ok {
                let body = try await group.any().withDeadline(timeout) {
                    try await response.body.collect(upTo: errorLimit)
                }
                try Self.check(response, Array(body.readableBytesView), call)
            }
            return response.body
        }
    }

    /// A call in flight holds its client, so none is cut off.
    deinit { Task { [group, calls, watches] in await Self.shutdown(group, calls, watches) } }

    func shutdown() async { await Self.shutdown(group, calls, watches) }

    /// It can fail only by being done twice, or with calls in flight, which are cancelled.
    private static func shutdown(
        _ group: MultiThreadedEventLoopGroup,
        _ calls: HTTPClient,
        _ watches: HTTPClient
    ) async {
        try? await calls.shutdown()
        try? await watches.shutdown()
        try? await group.shutdownGracefully()
    }

    private func request(for call: Call, _ session: Session) throws(KubernetesError) -> HTTPClientRequest {
        let server = cluster.server
        let host = cluster.tlsServerName ?? server.host
        let authority = "\(host.contains(":") ? "[\(host)]" : host):\(server.port)"
        var request = HTTPClientRequest(url: "https://\(authority)\(server.path)\(try call.target)")
        request.tlsConfiguration = session.tls
        if let name = cluster.tlsServerName, name != server.host {
            request.headers.add(name: "Host", value: "\(server.host):\(server.port)")
        }
        request.headers.add(name: "Accept", value: "application/json")
        request.headers.add(name: "User-Agent", value: "webhook-fcgi")
        if let token = session.token {
            request.headers.add(name: "Authorization", value: "Bearer \(token.text)")
        }
        if let body = call.body {
            request.method = .PATCH
            request.headers.add(name: "Content-Type", value: "application/merge-patch+json")
            request.body = .bytes(ByteBuffer(bytes: body))
        }
        return request
    }

    private static func check(_ response: HTTPClientResponse, _ body: [UInt8], _ call: Call) throws {
        guard response.status.code != 200 else { return }
        // What is no Status was written by something between us and the API server.
        let status = (try? JSON.decode(Status.self, from: body[...])) ?? .none
        let retryAfter = response.headers.first(name: "Retry-After").flatMap { Int($0) }
        throw status.error(status: Int(response.status.code), retryAfter: retryAfter, for: call)
    }
}

/// Of a reply that is an error.
private let errorLimit = 1 << 20
