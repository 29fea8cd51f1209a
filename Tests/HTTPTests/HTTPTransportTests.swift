// SPDX-License-Identifier: Apache-2.0

import Foundation
import HTTP
import NIOConcurrencyHelpers
import POSIX
import TestSupport
import Testing

@Suite struct HTTPTransportTests {
    /// Against hanging: other tests may leave this one little time.
    private static let bound = Duration.seconds(300)

    @Test func `A call arrives as it was given, and its answer comes back whole`() async throws {
        try await withServer { _ in
            [.reply(207, "some", "X-Kind: a\r\nX-Kind: b\r\n")]
        } body: { server, transport in
            let url = try HTTPURL("\(server.url)/base/").appending(["a b", "c%2Fd"], query: [("q", "x&y")])
            let headers = [(name: "Authorization", value: "Basic c2VjcmV0")]
            let answer = try await transport.answer(
                to: HTTPCall(.post, url, headers: headers, body: Array("{}".utf8))
            )
            #expect(answer.status == 207 && answer.body == Array("some".utf8))
            #expect(answer.header("x-kind") == "a" && answer.header("missing") == nil)
            let request = try #require(server.requests.first)
            #expect(request.method == "POST" && request.body == "{}")
            #expect(request.target == "/base/a%20b/c%252Fd?q=x%26y")
            #expect(request["authorization"] == "Basic c2VjcmV0")
            #expect(request["User-Agent"] == "webhook-fcgi" && request["Content-Length"] == "2")
        }
    }

    @Test(arguments: [400, 401, 404, 413, 429, 500, 503])
    func `An error's status is an answer like any other`(_ status: Int) async throws {
        try await withServer { _ in
            [.reply(status, "why")]
        } body: { server, transport in
            let answer = try await transport.answer(to: HTTPCall(.get, try HTTPURL(server.url)))
            #expect(answer.status == status && answer.body == Array("why".utf8) && !answer.isSuccess)
            #expect(server.requests.count == 1)
        }
    }

    @Test func `Calls one after the other share a connection, and a thread begins with the first`()
        async throws
    {
        try await withServer { _ in
            [.reply(200)]
        } body: { server, transport in
            for _ in 0..<5 { _ = try await transport.answer(to: HTTPCall(.get, try HTTPURL(server.url))) }
            #expect(server.connections.made == 1)
        }
    }

    @Test func `However many transports there are, one thread is enough for them`() async throws {
        /// Others begin some meanwhile, too.
        func threads() throws -> Int {
            try FileManager.default.contentsOfDirectory(atPath: "/proc/self/task").count {
                (try? String(contentsOfFile: "/proc/self/task/\($0)/comm", encoding: .utf8))?
                    .hasPrefix("NIO-ELT") == true
            }
        }
        try await withServer { _ in
            [.reply(200)]
        } body: { server, _ in
            let before = try threads()
            let transports = (0..<60).map { _ in HTTPTransport(timeout: Self.bound) }
            for transport in transports { try await call(transport, server.url) }
            let more = try threads() - before
            #expect(more < 30, "\(more)")
            for transport in transports { await transport.shutdown() }
        }
    }

    @Test func `A transport that was never used has nothing to shut down`() async throws {
        let transport = HTTPTransport(caFile: "/nowhere")
        await transport.shutdown()
        let error = await self.error { try await call(transport, "http://127.0.0.1:1/") }
        #expect(error?.code == .cancelled)
    }

    @Test func `Calls at the same time do not wait for each other`() async throws {
        let underWay = NIOLockedValueBox(0)
        try await withServer { _ in
            underWay.withLockedValue { $0 += 1 }
            try? await waitUntil("all are there") { underWay.withLockedValue { $0 } == 20 }
            return [.reply(200)]
        } body: { server, transport in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 0..<20 { group.addTask { try await call(transport, server.url) } }
                try await group.waitForAll()
            }
        }
    }

    @Test(arguments: [
        (301, "Location: https://other.example:8443/path?token=secret\r\n", "to the host 'other.example'"),
        (302, "Location: /elsewhere?token=secret\r\n", "to the host '127.0.0.1'"),
        (307, "Location: https://user:secret@other.example/\r\n", "to somewhere"),
        (308, "", "redirects (308)"),
        (304, "", "redirects (304)"),
    ])
    func `A redirect is not followed, and named by its host alone`(
        _ status: Int,
        _ headers: String,
        _ words: String
    ) async throws {
        try await withServer { _ in
            [.reply(status, "", headers)]
        } body: { server, transport in
            let error = try #require(await error { try await call(transport, server.url) })
            #expect(error.code == .redirect && error.description.contains(words))
            #expect(!error.description.contains("secret") && server.requests.count == 1)
        }
    }

    @Test func `An error names host and path, and no query, header or body`() async throws {
        try await withServer { _ in
            [.close]
        } body: { server, transport in
            let url = try HTTPURL(server.url).appending(["some", "path"], query: [("q", "secret")])
            let error = try #require(
                await error {
                    _ = try await transport.answer(
                        to: HTTPCall(
                            .put,
                            url,
                            headers: [("Authorization", "secret")],
                            body: Array("secret".utf8)
                        )
                    )
                }
            )
            #expect(error.code == .transport)
            #expect(error.description.hasPrefix("PUT \(server.url)/some/path: "))
            #expect(!error.description.contains("secret"))
            #expect(!"\(url) \(String(reflecting: url))".contains("secret"))
        }
    }

    @Test func `A header that cannot be sent is not printed`() async throws {
        try await withServer { _ in
            [.reply(200)]
        } body: { server, transport in
            let error = try #require(
                await error {
                    _ = try await transport.answer(
                        to: HTTPCall(
                            .get,
                            try HTTPURL(server.url),
                            headers: [("Authorization", "secret\r\nX: y")]
                        )
                    )
                }
            )
            #expect(!error.description.contains("secret") && server.requests.isEmpty)
        }
    }

    /// How a server can fail to answer.
    enum Trouble: CaseIterable {
        case nothing, halfAHead, halfABody, drops

        var steps: [HTTPServer.Step] {
            switch self {
            case .nothing: []
            case .halfAHead: [.send("HTTP/1.1 200 OK\r\nContent-Le")]
            case .halfABody: [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")]
            case .drops: [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"), .close]
            }
        }
    }

    @Test(arguments: Trouble.allCases)
    func `Whatever a server withholds, the call ends, and the next one works`(_ trouble: Trouble) async throws
    {
        try await withServer {
            // Not the first one: that may never have arrived in time.
            $0.path == "/trouble" ? trouble.steps : [.reply(200)]
        } body: { server, transport in
            let url = try HTTPURL(server.url)
            let error = try #require(
                await error {
                    _ = try await transport.answer(
                        to: HTTPCall(.get, url.appending(["trouble"])),
                        timeout: trouble == .drops ? nil : .milliseconds(300)
                    )
                }
            )
            #expect(error.code == (trouble == .drops ? .transport : .timeout), "\(error)")
            _ = try await transport.answer(to: HTTPCall(.get, url))
        }
    }

    @Test func `A body is read up to the limit and no further`() async throws {
        let limit = 1000
        try await withServer { request in
            switch request.number {
            case 0: [.reply(200, String(repeating: "x", count: limit))]
            case 1: [.reply(200, String(repeating: "x", count: limit + 1))]
            default:
                [
                    .send("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"),
                    .sendForever("a\r\n0123456789\r\n"),
                ]
            }
        } body: { server, _ in
            let transport = HTTPTransport(timeout: Self.bound, answerLimit: limit)
            let url = try HTTPURL(server.url)
            #expect(try await transport.answer(to: HTTPCall(.get, url)).body.count == limit)
            for _ in 0..<2 {
                let error = await error { _ = try await transport.answer(to: HTTPCall(.get, url)) }
                #expect(error?.code == .tooLarge)
            }
            await transport.shutdown()
        }
    }

    @Test func `Nobody who listens is a failure of the transport that says why`() async throws {
        let transport = HTTPTransport(timeout: Self.bound)
        let port = try FreePort.find()
        let error = try #require(await error { try await call(transport, "http://127.0.0.1:\(port)/x") })
        #expect(error.code == .transport && error.description.contains("ECONNREFUSED"))
        await transport.shutdown()
    }

    @Test func `A shutdown ends a call that is under way`() async throws {
        try await withServer { _ in
            []
        } body: { server, transport in
            async let error = error { try await call(transport, server.url) }
            try await waitUntil("a request") { !server.requests.isEmpty }
            await transport.shutdown()
            #expect(await error?.code == .cancelled)
        }
    }

    @Test func `A cancelled task ends its call`() async throws {
        try await withServer { _ in
            []
        } body: { server, transport in
            let task = Task { await error { try await call(transport, server.url) } }
            try await waitUntil("a request") { !server.requests.isEmpty }
            task.cancel()
            #expect(await task.value?.code == .cancelled)
        }
    }

    private func call(_ transport: HTTPTransport, _ url: String) async throws {
        _ = try await transport.answer(to: HTTPCall(.get, try HTTPURL(url)))
    }

    private func error(_ body: () async throws -> Void) async -> HTTPError? {
        do { try await body() } catch { return error as? HTTPError }
        return nil
    }

    private func withServer(
        _ script: @escaping HTTPServer.Script,
        body: (HTTPServer, HTTPTransport) async throws -> Void
    ) async throws {
        let server = try await HTTPServer(script)
        let transport = HTTPTransport(timeout: Self.bound)
        try await body(server, transport)
        await transport.shutdown()
        try await server.stop()
    }
}
