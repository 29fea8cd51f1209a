// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// The status location behind nginx: who gets what.
    @Suite struct StatusTests {
        private func withServer(_ body: (StatusServer) throws -> Void) throws {
            try Site.with { site in
                let server = try StatusServer(site)
                defer { server.end() }
                try body(server)
            }
        }

        private let password = [(name: "Authorization", value: "Basic \(StatusServer.password)")]

        @Test func `This machine sees everything`() throws {
            try withServer { server in
                expect(try server.get("/healthz"), 200, #"{"status":"ok"}"# + "\n")
                expect(try server.get("/readyz"), 200, #"{"status":"ready","problems":[]}"# + "\n")
                let metrics = try server.get("/metrics")
                #expect(metrics.status == 200)
                #expect(metrics.body.contains("\nwebhook_fcgi_build_info{version="))
            }
        }

        @Test func `Another machine sees whether it works, and no more`() throws {
            try withServer { server in
                for path in ["/healthz", "/readyz"] {
                    #expect(try server.get(path, from: "192.0.2.5").status == 200)
                }
                for path in [
                    "/metrics", "/other", "/", "/deliveries", "/outbox", "/style.css", "/redeliveries/1",
                ] {
                    let reply = try server.get(path, from: "192.0.2.5")
                    expect(reply, 403)
                    #expect(reply.body.contains("REMOTE_USER"))
                }
            }
        }

        /// The address that a header claims is one of two that nginx passes on.
        @Test(arguments: ["127.0.0.1", "::1"])
        func `Whoever forwards an address of this machine is still asked where they come from`(
            _ claimed: String
        ) throws {
            try Site.with { site in
                let request = FastCGIRequest(parameters: [
                    "REQUEST_METHOD": "GET", "SCRIPT_NAME": "/metrics", "WEBHOOK_FCGI_STATUS": "on",
                    "REMOTE_ADDR": "192.0.2.5", "HTTP_X_FORWARDED_FOR": claimed, "HTTP_REMOTE_ADDR": claimed,
                ])
                let reply = try site.responder.connect().exchange(request)
                #expect(reply?.status == 403)
            }
        }

        @Test(arguments: ["Remote-User", "REMOTE_USER", "X-Remote-User", "REMOTE-USER"])
        func `A header does not make a user`(_ name: String) throws {
            try withServer { server in
                expect(try server.get("/metrics", from: "192.0.2.5", [(name, "ann")]), 403)
            }
        }

        /// nginx reads the name out of the header whether or not it has asked for the password.
        @Test func `A password that nginx has not asked for does not make a user`() throws {
            try withServer { server in
                expect(try server.get("/metrics", from: "192.0.2.5", password), 403)
            }
        }

        @Test func `Another machine with the password sees everything, below a path of its own`() throws {
            try withServer { server in
                let reply = try server.get("/status/metrics", from: "192.0.2.5", password)
                #expect(reply.status == 200 && reply.body.contains("webhook_fcgi_ready"), "\(reply)")
                expect(try server.get("/status/readyz", from: "192.0.2.5", password), 200)
                expect(try server.get("/status/other", from: "192.0.2.5", password), 404)
                #expect(try server.get("/status/metrics", from: "192.0.2.5").status == 401)
                #expect(try server.get("/status/metrics", from: "198.51.100.1", password).status == 403)
            }
        }

        @Test(arguments: ["/healthz", "/readyz", "/metrics", "/other"])
        func `HEAD gets what GET gets, without the body`(_ path: String) throws {
            try withServer { server in
                let connection = try server.nginx.connect()
                for _ in 0..<2 {
                    let get = try connection.exchange(HTTPRequest(method: "GET", path: path))
                    let head = try connection.exchange(HTTPRequest(method: "HEAD", path: path))
                    #expect(head.status == get.status)
                    #expect(head["Content-Type"] == get["Content-Type"])
                    if path != "/metrics" { #expect(head["Content-Length"] == get["Content-Length"]) }
                }
            }
        }

        @Test(arguments: ["/healthz", "/readyz", "/metrics", "/other"])
        func `The responder itself leaves the body out for HEAD`(_ path: String) throws {
            try Site.with { site in
                let reply = try site.status(path, method: "HEAD")
                #expect(reply.body.isEmpty && reply["Content-Length"] != "0")
            }
        }

        @Test func `What there is not is not found, and nothing is changed by asking`() throws {
            try withServer { server in
                expect(try server.get("/other"), 404, #"{"error":"not found"}"# + "\n")
                let post = try server.get("/metrics", method: "POST")
                expect(post, 405, #"{"error":"method not allowed"}"# + "\n")
                #expect(post["Allow"] == "GET, HEAD")
            }
        }

        @Test func `A request of the status location is no delivery`() throws {
            try Site.with { site in
                let server = try StatusServer(site)
                defer { server.end() }
                let before = try site.metrics().sum("webhook_fcgi_reply_duration_seconds_count")
                for path in [try site.path(of: "harbor-receiver"), "/other", "/readyz"] {
                    _ = try server.get(path)
                }
                #expect(try site.metrics().sum("webhook_fcgi_reply_duration_seconds_count") == before)
                #expect(Double(site.log.count(of: " delivery ")) == before)
            }
        }
    }
}
