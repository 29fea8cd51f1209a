// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// Calls servers, over connections that are kept for the next call.
///
/// It follows no redirect, because credentials would go along, and tries once: callers know when to try again. Nothing
/// of it costs anything before the first call, not even a thread.
package final class HTTPTransport: Sendable {
    private let timeout: Duration
    private let answerLimit: Int
    private let authority: CertificateAuthority
    private let state = NIOLockedValueBox(State())

    private struct State {
        var connections: HTTPConnections?
        var isShutDown = false
    }

    /// A call takes `timeout` at most, its body included, and a body has `answerLimit` bytes at most.
    ///
    /// `caFile` holds certificates in PEM that count instead of the system's; while it cannot be read, no call is made.
    package init(
        timeout: Duration = .seconds(30),
        answerLimit: Int = 16 << 20,
        caFile: String? = nil
    ) {
        self.timeout = timeout
        self.answerLimit = answerLimit
        authority = CertificateAuthority(file: caFile)
    }

    /// Reads what calls will need, and connects to nothing.
    package func check() throws(HTTPError) { _ = try authority.configuration }

    /// The whole answer, whatever its status, but for a redirect; `limit` is that of its body.
    package func answer(
        to call: HTTPCall,
        timeout: Duration? = nil,
        limit: Int? = nil
    ) async throws(HTTPError) -> HTTPAnswer {
        do throws(HTTPError) {
            return try await connected().answer(
                to: call,
                within: timeout ?? self.timeout,
                limit: limit ?? answerLimit
            )
        } catch {
            throw HTTPError(error.code, error.reason, at: call.place)
        }
    }

    /// Ends calls that are under way; further calls fail.
    package func shutdown() async {
        let connections = state.withLockedValue { state in
            defer { state = State(connections: nil, isShutDown: true) }
            return state.connections
        }
        await connections?.shutdown()
    }

    private func connected() throws(HTTPError) -> HTTPConnections {
        let (known, isShutDown) = state.withLockedValue { ($0.connections, $0.isShutDown) }
        if let known { return known }
        guard !isShutDown else { throw HTTPError(.cancelled, "the client is shut down") }
        // A file is read: not under the lock.
        let tls = try authority.configuration
        let connections: HTTPConnections? = state.withLockedValue { state in
            guard !state.isShutDown else { return nil }
            let connections = state.connections ?? HTTPConnections(tls)
            state.connections = connections
            return connections
        }
        guard let connections else { throw HTTPError(.cancelled, "the client is shut down") }
        return connections
    }
}
