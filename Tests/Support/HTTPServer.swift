// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers
internal import NIOCore
internal import NIOPosix
internal import NIOSSL

/// An HTTP/1.1 server on 127.0.0.1 that answers as a test says, well or badly.
package final class HTTPServer: Sendable {
    /// What to do about a request.
    package enum Step: Sendable {
        case send(String)
        /// Again and again, until the client goes.
        case sendForever(String)
        case close

        /// A whole reply; a header ends with a line break.
        package static func reply(_ status: Int, _ body: String = "", _ headers: String = "") -> Step {
            .send("HTTP/1.1 \(status) X\r\n\(headers)Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
        }
    }

    /// A request's answer, which may take its time; where there is no step the connection stays open without a word.
    package typealias Script = @Sendable (ServedRequest) async -> [Step]

    private let channel: any Channel
    private let log: Log
    private let scheme: String

    /// What came so far.
    final class Log: Sendable {
        struct State {
            var requests: [ServedRequest] = []
            var connections = 0
            var open = 0
        }

        let state = NIOLockedValueBox(State())
    }

    /// With TLS where there is a certificate: files in PEM.
    package init(
        certificate: (chain: String, key: String)? = nil,
        _ script: @escaping Script
    ) async throws {
        let log = Log()
        self.log = log
        scheme = certificate == nil ? "http" : "https"
        let context = try certificate.map { files in
            try NIOSSLContext(
                configuration: .makeServerConfiguration(
                    certificateChain: try NIOSSLCertificate.fromPEMFile(files.chain).map { .certificate($0) },
                    privateKey: .privateKey(try NIOSSLPrivateKey(file: files.key, format: .pem))
                )
            )
        }
        channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .serverChannelOption(.backlog, value: 256)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let context { try pipeline.addHandler(NIOSSLServerHandler(context: context)) }
                    try pipeline.addHandler(Connection(log, script))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
    }

    package var port: Int { channel.localAddress?.port ?? 0 }

    package var url: String { "\(scheme)://127.0.0.1:\(port)" }

    /// The requests so far.
    package var requests: [ServedRequest] { log.state.withLockedValue { $0.requests } }

    /// How many connections were made, and how many of them nobody has closed.
    package var connections: (made: Int, open: Int) {
        log.state.withLockedValue { ($0.connections, $0.open) }
    }

    package func stop() async throws { try await channel.close() }

    private final class Connection: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let log: Log
        private let script: Script
        private var received = ""

        init(_ log: Log, _ script: @escaping Script) { (self.log, self.script) = (log, script) }

        func channelActive(context: ChannelHandlerContext) {
            log.state.withLockedValue {
                $0.connections += 1
                $0.open += 1
            }
            context.fireChannelActive()
        }

        func channelInactive(context: ChannelHandlerContext) {
            log.state.withLockedValue { $0.open -= 1 }
            context.fireChannelInactive()
        }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            received += String(buffer: unwrapInboundIn(data))
            let request = log.state.withLockedValue { state in
                let request = ServedRequest(state.requests.count, received)
                if let request { state.requests.append(request) }
                return request
            }
            guard let request else { return }
            received = ""
            // Tests that calculate keep the threads of all tasks, and those that wait for an answer need one.
            Task(executorPreference: ThreadsOfTheirOwn.executor) { [script, channel = context.channel] in
                for step in await script(request) { await step.take(on: channel) }
            }
        }
    }
}

extension HTTPServer.Step {
    fileprivate func take(on channel: any Channel) async {
        switch self {
        case .send(let text): try? await channel.writeAndFlush(ByteBuffer(string: text))
        case .sendForever(let text):
            while (try? await channel.writeAndFlush(ByteBuffer(string: text))) != nil {}
        case .close: try? await channel.close()
        }
    }
}
