// SPDX-License-Identifier: Apache-2.0

internal import AsyncHTTPClient
internal import NIOCore
internal import NIOPosix
internal import NIOSSL
internal import POSIX

/// What an error of the HTTP client and of the layers below it means.
package struct TransportFailure {
    package let code: HTTPError.Code
    package let reason: String

    private init(_ code: HTTPError.Code, _ reason: String) { (self.code, self.reason) = (code, reason) }

    /// Calls the other side `server`; of an unknown error nothing but its type is said: it might hold a header's value.
    package init(_ error: any Error, of server: String = "the server") {
        switch error {
        case let error as HTTPError: self.init(error.code, error.reason)
        case is CancellationError: self.init(.cancelled, "the call was cancelled")
        case let error as DeadlineExceeded: self.init(.timeout, "\(error)")
        case let error as HTTPClientError: self.init(client: error, of: server)
        case is NIOTooManyBytesError:
            self.init(.tooLarge, "\(server)'s reply is longer than any that is expected")
        case let error as NIOSSLError: self.init(.tls, "TLS failed: \(error)")
        case let error as BoringSSLError: self.init(.tls, "TLS failed: \(error)")
        case let error as NIOSSLExtraError: self.init(.tls, "TLS failed: \(error)")
        case let error as IOError:
            self.init(.transport, "the connection failed: \(SystemError.text(of: error.errnoCode))")
        case let error as NIOConnectionError: self.init(connection: error, of: server)
        case let error as ChannelError where error == .eof || error == .ioOnClosedChannel:
            self.init(.transport, "\(server) closed the connection")
        case is SocketAddressError: self.init(.transport, "\(server)'s host name is unknown")
        default: self.init(.transport, "the call failed: \(type(of: error))")
        }
    }

    private init(client error: HTTPClientError, of server: String) {
        switch error {
        case .deadlineExceeded, .readTimeout, .writeTimeout, .connectTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout:
            self.init(.timeout, "no answer in time: \(error.shortDescription)")
        case .cancelled: self.init(.cancelled, "the call was cancelled")
        case .alreadyShutdown: self.init(.cancelled, "the client is shut down")
        case .remoteConnectionClosed, .uncleanShutdown:
            self.init(.transport, "\(server) closed the connection before its answer was complete")
        default: self.init(.transport, "the call failed: \(error.shortDescription)")
        }
    }

    private init(connection error: NIOConnectionError, of server: String) {
        if let error = error.connectionErrors.first?.error {
            self.init(error, of: server)
        } else {
            self.init(.transport, "the host '\(error.host)' is unknown: check \(server)'s address and DNS")
        }
    }
}
