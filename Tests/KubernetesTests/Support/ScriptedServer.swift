// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kubernetes
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import NIOSSL
import TestSupport

/// A TLS server on 127.0.0.1 that does what a real API server cannot be made to do.
final class ScriptedServer: Sendable {
    /// What to do about a request.
    enum Step: Sendable {
        case send(String)
        /// Again and again, until the client goes.
        case sendForever(String)
        /// As a router that lost the connection, without TLS' farewell.
        case reset
        /// Says nothing more, and leaves the connection open.
        case stall
    }

    private let channel: any Channel
    private let log: NIOLockedValueBox<[LoggedRequest]>
    private let connections: NIOLockedValueBox<Int>

    private struct LoggedRequest {
        let time: ContinuousClock.Instant
        let text: String
    }

    /// The requests so far, head and body.
    var requests: [String] { log.withLockedValue { $0.map(\.text) } }

    /// How many requests there were from the first one on in so long a time, once it has passed.
    func requestCount(in time: Duration) async throws -> Int {
        try await waitUntil("a request") { !requests.isEmpty }
        let times = log.withLockedValue { $0.map(\.time) }
        let end = times[0] + time
        try await Task.sleep(until: end, clock: .continuous)
        return log.withLockedValue { $0.count { $0.time <= end } }
    }

    /// Connections that the client has not closed.
    var openConnections: Int { connections.withLockedValue { $0 } }

    /// The script is given the number of a request, from 0 on, and its text.
    init(
        certificate: String = "server",
        _ script: @escaping @Sendable (Int, String) -> [Step]
    ) async throws {
        let log = NIOLockedValueBox<[LoggedRequest]>([])
        self.log = log
        let connections = NIOLockedValueBox(0)
        self.connections = connections
        let chain = try NIOSSLCertificate.fromPEMFile(try Certificates.path("\(certificate).crt"))
        let key = try NIOSSLPrivateKey(file: try Certificates.path("\(certificate).key"), format: .pem)
        let tls = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        let context = try NIOSSLContext(configuration: tls)
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandlers(
                        NIOSSLServerHandler(context: context),
                        Connection(script, log, connections)
                    )
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    var port: Int { channel.localAddress?.port ?? 0 }

    var access: ClusterAccess {
        get throws { try access(Credentials(token: .text(Confidential("a-token")))) }
    }

    func access(_ credentials: Credentials) throws -> ClusterAccess {
        ClusterAccess(
            cluster: Cluster(
                server: ServerAddress(host: "127.0.0.1", port: port),
                certificateAuthority: .file(try Certificates.path("ca.crt"))
            ),
            credentials: credentials
        )
    }

    func stop() async throws { try await channel.close() }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let script: @Sendable (Int, String) -> [Step]
        private let log: NIOLockedValueBox<[LoggedRequest]>
        private let connections: NIOLockedValueBox<Int>
        private var received = ""

        init(
            _ script: @escaping @Sendable (Int, String) -> [Step],
            _ log: NIOLockedValueBox<[LoggedRequest]>,
            _ connections: NIOLockedValueBox<Int>
        ) {
            self.script = script
            self.log = log
            self.connections = connections
        }

        func channelActive(context: ChannelHandlerContext) {
            connections.withLockedValue { $0 += 1 }
            context.fireChannelActive()
        }

        func channelInactive(context: ChannelHandlerContext) {
            connections.withLockedValue { $0 -= 1 }
            context.fireChannelInactive()
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            // A body is as long as its head says; the client sends no chunks.
            guard let end = received.range(of: "\r\n\r\n") else { return }
            let length = received.lowercased().split(separator: "\r\n").compactMap { line in
                line.hasPrefix("content-length: ") ? Int(line.dropFirst(16)) : nil
            }.first
            guard received[end.upperBound...].utf8.count >= length ?? 0 else { return }
            let request = received
            received = ""
            let number = log.withLockedValue { log in
                log.append(LoggedRequest(time: .now, text: request))
                return log.count - 1
            }
            for step in script(number, request) { take(step, context) }
        }

        private func take(_ step: Step, _ context: ChannelHandlerContext) {
            switch step {
            case .send(let text):
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text)), promise: nil)
            case .sendForever(let text):
                let loopBound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
                context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: text))).whenSuccess {
                    let (handler, context) = loopBound.value
                    handler.take(.sendForever(text), context)
                }
            case .reset:
                let option = ChannelOptions.socket(.init(SOL_SOCKET), .init(SO_LINGER))
                _ = context.channel.setOption(option, value: 0)
                // Past TLS, so that it says no farewell.
                context.pipeline.context(handlerType: NIOSSLServerHandler.self).whenSuccess {
                    $0.close(promise: nil)
                }
            case .stall: break
            }
        }
    }
}

/// The text of a whole reply.
func reply(_ status: Int, _ body: String, _ header: String = "") -> String {
    "HTTP/1.1 \(status) X\r\n\(header)\(status == 204 ? "" : "Content-Length: \(body.utf8.count)\r\n")\r\n\(body)"
}
