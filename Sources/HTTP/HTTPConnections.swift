// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOHTTP1
internal import NIOPosix
internal import NIOSSL

/// The connections of a transport; one thread serves those of all.
///
/// HTTP/1.1 and a connection for each call in flight, not HTTP/2: there, all calls would share one connection, and when
/// that is dead without a word all of them would time out on it again and again.
final class HTTPConnections: Sendable {
    /// Never ended: a thread for each transport would be two for each catalogue, and NIO traps where none can be made.
    private static let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)

    private let client: HTTPClient

    init(_ tls: TLSConfiguration) {
        var configuration = HTTPClient.Configuration(tlsConfiguration: tls)
        configuration.redirectConfiguration = .disallow
        configuration.httpVersion = .http1Only
        configuration.timeout.connect = .seconds(10)
        // Callers bound how much they do at once. A call that waits for a connection would only time out.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 256
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.http1_1ConnectionDebugInitializer = { $0.keepAlive() }
        client = HTTPClient(eventLoopGroup: Self.group, configuration: configuration)
    }

    func answer(
        to call: HTTPCall,
        within timeout: Duration,
        limit: Int
    ) async throws(HTTPError) -> HTTPAnswer {
        defer { withExtendedLifetime(self) {} }
        do {
            return try await Self.group.any().withDeadline(timeout) { [client] in
                let response = try await client.execute(HTTPClientRequest(call), timeout: TimeAmount(timeout))
                if let redirect = HTTPError(redirect: response, from: call.url) { throw redirect }
                let body = try await response.body.collect(upTo: limit)
                return HTTPAnswer(
                    status: Int(response.status.code),
                    headers: response.headers.map { ($0.name, $0.value) },
                    body: Array(body.readableBytesView)
                )
            }
        } catch {
            let failure = TransportFailure(error)
            throw HTTPError(failure.code, failure.reason)
        }
    }

    /// Cancels calls that are under way.
    ///
    /// It can fail only by being done twice.
    func shutdown() async { try? await client.shutdown() }

    /// A call in flight holds this, so that none is cut off.
    deinit {
        Task { [client] in try? await client.shutdown() }
    }
}

extension HTTPClientRequest {
    fileprivate init(_ call: HTTPCall) {
        self.init(url: call.url.text)
        method = HTTPMethod(rawValue: call.method.rawValue)
        for (name, value) in call.headers { headers.add(name: name, value: value) }
        if !headers.contains(name: "User-Agent") { headers.add(name: "User-Agent", value: "webhook-fcgi") }
        if let bytes = call.body { body = .bytes(ByteBuffer(bytes: bytes)) }
    }
}

extension HTTPError {
    /// Names the host where the server sends to, and nothing else of it.
    fileprivate init?(redirect response: HTTPClientResponse, from url: HTTPURL) {
        guard (300...399).contains(response.status.code) else { return nil }
        let location = response.headers.first(name: "Location").map { location in
            location.contains("://") ? (try? HTTPURL(redirect: location))?.host : url.host
        }
        let host = location.map { " to \($0.map { "the host '\($0)'" } ?? "somewhere")" } ?? ""
        self.init(
            .redirect,
            "the server redirects\(host) (\(response.status.code)), where no credentials are sent: correct the URL"
        )
    }
}

extension HTTPURL {
    /// Where a server sends to may have a query.
    fileprivate init(redirect location: String) throws(HTTPError) {
        try self.init(String(location.prefix { $0 != "?" && $0 != "#" }))
    }
}
