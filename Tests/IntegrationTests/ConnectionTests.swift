// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// Many connections at once, which is where a responder with a thread for each starves.
    @Suite struct ConnectionTests {
        init() { raiseFileLimit() }

        /// One of many tries, because the machine has other things to do.
        @Test(arguments: [true, false])
        func `With 1,000 idle connections a new request is answered in 50 ms`(_ keepsConnections: Bool) throws
        {
            try Site.with(Setup(keepsConnections: keepsConnections)) { site in
                let fresh = try (0..<500).map { _ in try site.responder.connect() }
                let kept = try (0..<500).map { _ in
                    let connection = try site.responder.connect()
                    let reply = try connection.exchange(try site.fastCGIRequest(keepsConnection: true))
                    #expect(reply?.status == 200)
                    return connection
                }
                try eventually("an answer within 50 ms") {
                    let start = ContinuousClock.now
                    expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                    return start.duration(to: .now) < .milliseconds(50)
                }
                withExtendedLifetime((fresh, kept)) {}
            }
        }

        @Test func `Connections that were idle are still answered`() throws {
            try Site.with { site in
                let connections = try (0..<1000).map { _ in try site.responder.connect() }
                for connection in connections {
                    #expect(try connection.exchange(try site.fastCGIRequest())?.status == 200)
                }
            }
        }

        @Test(arguments: [true, false])
        func `256 clients at once get no error`(_ keepsConnections: Bool) throws {
            try Site.with(Setup(keepsConnections: keepsConnections)) { site in
                let clients = try (0..<256).map { _ in try site.nginx.connect() }
                for _ in 0..<8 {
                    for client in clients { try client.send(try site.request()) }
                    for client in clients {
                        // All at once they do not wait for their refreshes.
                        #expect([200, 202].contains(try client.receive().status))
                    }
                }
                #expect(site.nginx.brokenReplies.isEmpty)
                #expect(site.nginx.brokenConnections.isEmpty)
            }
        }

        /// They wait in the backlog meanwhile, where they are served as soon as there is room; to be closed would
        /// lose what Docker Hub sends only once.
        @Test func `Whoever comes when descriptors run out is answered later, and the log says so once`()
            throws
        {
            try Site.with { site in
                let socket = "\(site.folder.path)/small"
                let serve = "'\(Checkout.program)' serve --config '\(site.folder.path)/config.yaml'"
                let process = try ChildProcess(
                    ["bash", "-c", "ulimit -n 60; exec \(serve) --listen 'unix:\(socket)'"]
                )
                defer { process.end() }
                var connections: [FastCGIConnection] = []
                try eventually("it listens") {
                    guard let connection = try? FastCGIConnection(path: socket) else { return false }
                    connections.append(connection)
                    return true
                }
                connections += try (0..<100).map { _ in try FastCGIConnection(path: socket) }
                try eventually("no more is accepted") { site.log.contains("connections are open") }
                for connection in connections { try connection.send(try site.fastCGIRequest().encoded) }
                for connection in connections {
                    let reply = try #require(try connection.receive())
                    #expect([200, 202].contains(reply.status))
                }
                #expect(site.log.count(of: "connections are open") == 1)
                #expect(!site.log.contains("EMFILE"))
            }
        }

        @Test func `Several event loops answer 256 clients as well`() throws {
            try Site.with(Setup(settings: ["responders: 3"])) { site in
                let clients = try (0..<256).map { _ in try site.nginx.connect() }
                for client in clients { try client.send(try site.request()) }
                for client in clients { #expect([200, 202].contains(try client.receive().status)) }
                #expect(site.nginx.brokenReplies.isEmpty)
                #expect(site.nginx.brokenConnections.isEmpty)
            }
        }
    }
}
