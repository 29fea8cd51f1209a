// SPDX-License-Identifier: Apache-2.0

import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOPosix
import POSIX

/// One HTTP request that posts a delivery, as a sender would: it follows no redirect and tries once.
struct Post {
    let url: String
    let headers: [(name: String, value: String)]
    let body: String

    struct Reply {
        let status: Int

        /// Its beginning, where it is long.
        let body: String
    }

    /// Why there is no reply, in words that hold neither the URL nor a header.
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// Longer than anything that waits for this program.
    private static let timeout = TimeAmount.seconds(30)
    private static let replyLimit = 64 << 10

    func send() async throws(Failure) -> Reply {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(10)
        configuration.connectionPool.retryConnectionEstablishment = false
        let client = HTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
            configuration: configuration
        )
        let result: Result<Reply, Failure>
        do { result = .success(try await send(with: client)) } catch { result = .failure(Failure(error)) }
        try? await client.shutdown()
        return try result.get()
    }

    private func send(with client: HTTPClient) async throws -> Reply {
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        request.body = .bytes(ByteBuffer(string: body))
        let response = try await client.execute(request, timeout: Self.timeout)
        let body = try await response.body.collect(upTo: Self.replyLimit)
        return Reply(status: Int(response.status.code), body: String(buffer: body))
    }
}

extension Post.Failure {
    /// Of an unknown error nothing but its type is said: it might hold a header's value.
    fileprivate init(_ error: any Error) {
        switch error {
        case let error as NIOConnectionError:
            let reasons = error.connectionErrors.map { "\(Self($0.error))" }
            let reason = reasons.first ?? "no such host: check its name and DNS"
            self.init(description: "cannot connect to \(error.host) port \(error.port): \(reason)")
        case let error as IOError: self.init(description: SystemError.text(of: error.errnoCode))
        case let error as HTTPClientError: self.init(description: error.shortDescription)
        case is NIOTooManyBytesError:
            self.init(description: "the reply is too long to come from webhook-fcgi")
        default: self.init(description: "the request failed: \(type(of: error))")
        }
    }
}
