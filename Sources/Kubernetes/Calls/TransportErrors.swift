// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import Glibc
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import POSIX

/// Turns what the HTTP client and the layers below it throw into this room's error.
func transportErrors<Value>(_ body: () async throws -> Value) async throws(KubernetesError) -> Value {
    do { return try await body() } catch { throw KubernetesError(transport: error) }
}

extension KubernetesError {
    /// Of an unknown error nothing but its type is said: it might hold a header's value.
    init(transport error: any Error) {
        switch error {
        case let error as KubernetesError: self = error
        case is CancellationError: self.init(.cancelled, "the call was cancelled")
        case let error as HTTPClientError: self.init(client: error)
        case is NIOTooManyBytesError:
            self.init(.invalidResponse, "the API server's reply is longer than any that is expected")
        case let error as NIOSSLError: self.init(.untrusted, "TLS failed: \(error)\(tlsAdvice)")
        case let error as BoringSSLError: self.init(.untrusted, "TLS failed: \(error)\(tlsAdvice)")
        case let error as NIOSSLExtraError: self.init(.untrusted, "TLS failed: \(error)\(tlsAdvice)")
        case let error as IOError:
            self.init(.transport, "the connection failed: \(SystemError.text(of: error.errnoCode))")
        case let error as NIOConnectionError: self.init(connection: error)
        case let error as ChannelError where error == .eof || error == .ioOnClosedChannel:
            self.init(.transport, "the API server closed the connection")
        case is SocketAddressError: self.init(.transport, "the API server's host name is unknown")
        default: self.init(.transport, "the call failed: \(type(of: error))")
        }
    }

    private init(client error: HTTPClientError) {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout:
            self.init(.timeout, "no answer in time: \(error.shortDescription)")
        case .cancelled: self.init(.cancelled, "the call was cancelled")
        case .alreadyShutdown: self.init(.cancelled, "the client is shut down")
        case .remoteConnectionClosed, .uncleanShutdown:
            self.init(.transport, "the API server closed the connection before its answer was complete")
        default: self.init(.transport, "the call failed: \(error.shortDescription)")
        }
    }

    private init(connection error: NIOConnectionError) {
        if let error = error.connectionErrors.first?.error {
            self.init(transport: error)
        } else {
            self.init(.transport, "the host '\(error.host)' is unknown: check the server's address and DNS")
        }
    }
}

private let tlsAdvice =
    ": check the cluster's certificate authority, its server name and our client certificate"
