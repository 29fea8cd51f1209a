// SPDX-License-Identifier: Apache-2.0

import FastCGI
import Testing

@testable import WebhookFCGI

/// Who gets what of the status location.
@Suite struct StatusRouteTests {
    private func route(
        _ path: String = "/metrics",
        method: String = "GET",
        with more: [(name: String, value: String)]
    ) -> StatusRoute? {
        Request(
            parameters: Parameters([("REQUEST_METHOD", method), ("SCRIPT_NAME", path)] + more),
            body: .complete([])
        ).statusRoute
    }

    private static let on = (name: "WEBHOOK_FCGI_STATUS", value: "on")
    private static let here = [on, (name: "REMOTE_ADDR", value: "127.0.0.1")]

    @Test(arguments: ["", "off", "ON", "on "])
    func `Where nginx does not say on, every request is a delivery`(_ value: String) {
        #expect(route(with: [("WEBHOOK_FCGI_STATUS", value), ("REMOTE_ADDR", "127.0.0.1")]) == nil)
    }

    @Test func `No header can say it`() {
        #expect(route(with: [("HTTP_WEBHOOK_FCGI_STATUS", "on"), ("REMOTE_ADDR", "127.0.0.1")]) == nil)
    }

    @Test(arguments: ["127.0.0.1", "127.8.9.10", "::1", "::ffff:127.0.0.1", "unix:"])
    func `Who asks from this machine may see everything`(_ address: String) {
        #expect(route(with: [Self.on, ("REMOTE_ADDR", address)]) == .page(.metrics, isTrusted: true))
    }

    @Test(arguments: ["10.0.0.1", "::2", "::ffff:10.0.0.1", "128.0.0.1", "1127.0.0.1", "", "2001:db8::127.1"])
    func `Who asks from elsewhere may not`(_ address: String) {
        #expect(route(with: [Self.on, ("REMOTE_ADDR", address)]) == .forbidden)
    }

    @Test func `Nor who asks from nowhere`() {
        #expect(route(with: [Self.on]) == .forbidden)
    }

    @Test(arguments: [["127.0.0.1", "10.0.0.1"], ["10.0.0.1", "127.0.0.1"]])
    func `Of two addresses both have to be this machine's`(_ addresses: [String]) {
        #expect(route(with: [Self.on] + addresses.map { ("REMOTE_ADDR", $0) }) == .forbidden)
    }

    @Test func `From elsewhere whom nginx knows may`() {
        let elsewhere = [Self.on, (name: "REMOTE_ADDR", value: "10.0.0.1")]
        #expect(route(with: elsewhere + [("REMOTE_USER", "ann")]) == .page(.metrics, isTrusted: true))
        #expect(route(with: elsewhere + [("REMOTE_USER", "")]) == .forbidden)
    }

    @Test(arguments: ["HTTP_REMOTE_USER", "HTTP_REMOTE-USER", "remote_user", "REMOTE_USE", "AUTH_USER"])
    func `A header does not make a user`(_ name: String) {
        #expect(route(with: [Self.on, ("REMOTE_ADDR", "10.0.0.1"), (name, "ann")]) == .forbidden)
    }

    @Test func `Whether it works may be asked from anywhere`() {
        for path in ["/healthz", "/readyz"] {
            let page = StatusPage(path: path)
            let elsewhere = route(path, with: [Self.on, ("REMOTE_ADDR", "10.0.0.1")])
            #expect(elsewhere == page.map { .page($0, isTrusted: false) })
            #expect(route(path, with: Self.here) == page.map { .page($0, isTrusted: true) })
        }
    }

    @Test func `What else there is, or is not, only who may see it learns`() {
        #expect(route("/other", with: [Self.on, ("REMOTE_ADDR", "10.0.0.1")]) == .forbidden)
        for path in [
            "/other", "", "/metrics/", "/Metrics", "metrics", "//metrics", "//", "/deliveries/",
            "/deliveries/x",
            "/deliveries/019b7c1e-8f3a-7000-8000-000000000000/", "/deliveries/../metrics", "/redeliveries/+1",
            "/redeliveries/01", "/deliveries/019B7C1E-8F3A-7000-8000-000000000000",
        ] {
            #expect(route(path, with: Self.here) == .notFound, "\(path)")
        }
    }

    @Test func `A location with a path of its own says so`() {
        let root = (name: "WEBHOOK_FCGI_STATUS_ROOT", value: "/status")
        #expect(route("/status/metrics", with: Self.here + [root]) == .page(.metrics, isTrusted: true))
        for path in ["/metrics", "/statusmetrics", "/other/metrics", "/status/status/metrics", "/status"] {
            #expect(route(path, with: Self.here + [root]) == .notFound, "\(path)")
        }
    }

    @Test func `A page is for GET and HEAD`() {
        #expect(route(method: "HEAD", with: Self.here) == .page(.metrics, isTrusted: true))
        for method in ["POST", "PUT", "get", ""] {
            #expect(route(method: method, with: Self.here) == .methodNotAllowed(.metrics))
        }
    }

    private static let id = "019b7c1e-8f3a-7000-8000-000000000000"

    @Test func `Pages for people have addresses, and are for those who may see everything`() {
        let pages: [(path: String, page: StatusPage)] = [
            ("/", .overview), ("/deliveries", .deliveries), ("/outbox", .outbox), ("/style.css", .stylesheet),
            ("/icon.svg", .icon), ("/deliveries/\(Self.id)", .delivery(id: Self.id)),
            ("/redeliveries/12", .redelivery(sequence: 12)),
        ]
        for (path, page) in pages {
            #expect(route(path, with: Self.here) == .page(page, isTrusted: true))
            #expect(route(path, with: [Self.on, ("REMOTE_ADDR", "10.0.0.1")]) == .forbidden)
            #expect(route(path, method: "POST", with: Self.here) == .methodNotAllowed(page))
            #expect(page.path == path && page.methods == "GET, HEAD")
        }
    }

    @Test func `What changes something is for POST`() {
        let actions: [(path: String, page: StatusPage)] = [
            ("/outbox/retry", .retry), ("/outbox/drop", .drop),
            ("/deliveries/\(Self.id)/redeliver", .redeliver(id: Self.id)),
        ]
        for (path, page) in actions {
            #expect(route(path, method: "POST", with: Self.here) == .page(page, isTrusted: true))
            #expect(route(path, method: "POST", with: [Self.on, ("REMOTE_ADDR", "10.0.0.1")]) == .forbidden)
            for method in ["GET", "HEAD", "PUT", "post", ""] {
                #expect(route(path, method: method, with: Self.here) == .methodNotAllowed(page))
            }
            #expect(page.methods == "POST")
        }
    }

    @Test func `Who asks from this machine for a page has to ask for this machine`() {
        func route(_ path: String, _ host: String, _ more: [(name: String, value: String)]) -> StatusRoute? {
            self.route(path, with: more + [("HTTP_HOST", host)])
        }
        let user = [Self.on, (name: "REMOTE_ADDR", value: "10.0.0.1"), (name: "REMOTE_USER", value: "ann")]
        for host in [
            "localhost", "localhost:8081", "LocalHost", "127.0.0.1", "127.0.0.1:8081", "[::1]", "[::1]:8081",
        ] {
            #expect(route("/", host, Self.here) == .page(.overview, isTrusted: true), "\(host)")
        }
        for host in [
            "evil.com", "127.0.0.1.evil.com", "127.evil.com", "localhost.evil.com", "10.0.0.1", "[::2]", "",
            "127",
        ] {
            #expect(route("/", host, Self.here) == .forbidden, "\(host)")
            #expect(route("/", host, Self.here + [("HTTP_HOST", "localhost")]) == .forbidden, "\(host)")
            #expect(route("/", host, user) == .page(.overview, isTrusted: true))
            #expect(route("/metrics", host, Self.here) == .forbidden)
            #expect(route("/readyz", host, Self.here) == .page(.readiness, isTrusted: false))
        }
    }
}
