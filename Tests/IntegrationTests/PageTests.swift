// SPDX-License-Identifier: Apache-2.0

import Foundation
import POSIX
import TestSupport
import Testing

extension IntegrationTests {
    /// The pages for people, behind nginx; what they look like is for `make test-pages`.
    @Suite struct PageTests {
        private func withServer(
            _ setup: Setup = Setup(),
            _ body: (Site, StatusServer) throws -> Void
        ) throws {
            try Site.with(setup) { site in
                let server = try StatusServer(site)
                defer { server.end() }
                try body(site, server)
            }
        }

        private let password = [(name: "Authorization", value: "Basic \(StatusServer.password)")]

        /// The token of the first form that posts.
        private func token(_ page: HTTPReply) throws -> String {
            let found = page.body.firstMatch(of: /name="token" value="([0-9a-f.]+)"/)
            return try String(#require(found, "\(page)").1)
        }

        @Test func `Every page says that nothing else may be loaded, run, framed or kept`() throws {
            try withServer { site, server in
                expect(try site.deliver(), 200)
                let id = try site.deliveries()[0].id
                for path in [
                    "/", "/deliveries", "/deliveries/\(id)", "/outbox", "/style.css", "/icon.svg",
                    "/redeliveries/1",
                    "/deliveries?limit=0",
                ] {
                    let page = try server.get(path)
                    #expect(
                        page["Content-Security-Policy"]
                            == "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; "
                            + "base-uri 'none'; frame-ancestors 'none'"
                    )
                    #expect(page["Referrer-Policy"] == "no-referrer" && page["Cache-Control"] == "no-store")
                    #expect(page["X-Content-Type-Options"] == "nosniff")
                    #expect(!page.body.contains("style=") && !page.body.contains("<script"), "\(path)")
                    let head = try server.get(path, method: "HEAD")
                    #expect(head.status == page.status && head.body.isEmpty && head["Content-Length"] != "0")
                }
            }
        }

        @Test func `The overview tells of receivers, deliveries and problems`() throws {
            try withServer(Setup(confirmTimeout: "50ms")) { site, server in
                #expect(try server.get("/").body.contains("Nothing has come in yet."))
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expect(try site.deliver(), 202)
                // What came within a second of each other has no order.
                try eventually("it is counted") { try server.get("/").body.contains("1 accepted, 0 refused") }
                var wrong = try site.request()
                wrong.headers = [("Authorization", "wrong")]
                expect(try site.nginx.exchange(wrong), 401)
                try eventually("it is counted, and tried in vain") {
                    let page = try server.get("/").body
                    return page.contains("last 24 hours: 1 accepted, 1 refused")
                        && page.contains("last one refused")
                        && page.contains("Problems") && page.contains("ENOTDIR")
                }
                let id = try site.deliveries()[0].id
                #expect(try server.get("/").body.contains(#"href="/deliveries/\#(id)""#))
            }
        }

        @Test func `A delivery is explained step by step, with headers and body`() throws {
            try withServer { site, server in
                expect(try site.deliver(), 200)
                let page = try server.get("/deliveries/\(try site.deliveries()[0].id)").body
                for text in [
                    "genuine", "PUSH_ARTIFACT", "registry.example.com/team-a/backend/api:1.4.2",
                    "kargo-demo/guestbook",
                    "accepted", "refreshed 1 warehouse(s)", "delivered", "content-type", "application/json",
                    "&quot;operator&quot;: &quot;robot&quot;",
                ] {
                    #expect(page.contains(text), "\(text)")
                }
            }
        }

        @Test func `The list is filtered and paged by its address, and says what makes no sense in it`()
            throws
        {
            try withServer { site, server in
                for _ in 0..<3 { expect(try site.deliver(), 200) }
                expectNobodyRefreshed(
                    try site.deliver(Payload.dockerHubPush(of: "a/b"), to: "dockerhub-receiver")
                )
                func rows(_ query: String) throws -> Int {
                    try server.get("/deliveries\(query)").body.split(separator: #"role="rowheader""#).count
                        - 1
                }
                #expect(try rows("") == 4)
                #expect(try rows("?receiver=kargo-demo%2Fharbor-receiver") == 3)
                #expect(try rows("?receiver=kargo-demo/dockerhub-receiver&status=&since=") == 1)
                #expect(try rows("?status=none") == 1 && rows("?status=delivered") == 3)
                #expect(try rows("?status=200&since=1h") == 1 && rows("?since=0s") == 0)
                let page = try server.get("/deliveries?limit=3&status=").body
                let next = try #require(
                    page.firstMatch(of: /href="(\/deliveries\?[^"]*before=\d+)" rel="next"/)
                ).1
                #expect(
                    try rows(String(next.dropFirst("/deliveries".count)).replacing("&amp;", with: "&")) == 1
                )
                for query in [
                    "limit=0", "limit=201", "limit=x", "status=x", "since=x", "receiver=a/b/c", "before=x",
                ] {
                    let reply = try server.get("/deliveries?\(query)")
                    #expect(reply.status == 400 && reply.body.contains("\(query.prefix { $0 != "=" }): give"))
                }
            }
        }

        @Test func `The button redelivers, and shows what became of it`() throws {
            try withServer { site, server in
                expect(try site.deliver(), 200)
                let original = try site.deliveries()[0].id
                let token = try token(try server.get("/deliveries/\(original)"))
                let reply = try server.post("/deliveries/\(original)/redeliver", form: "token=\(token)")
                #expect(
                    reply.status == 303 && reply["Location"] == "/redeliveries/1",
                    "\(reply)"
                )
                try eventually("it is redelivered") {
                    try server.get("/redeliveries/1").body.contains("redelivered")
                }
                let rows = try site.deliveries()
                #expect(rows.count == 2 && rows[1].redeliveryOf == original)
                let result = try server.get("/redeliveries/1").body
                #expect(result.contains("/deliveries/\(rows[1].id)") && !result.contains("http-equiv"))
                #expect(site.log.contains("redelivery is asked for"))
            }
        }

        @Test func `Without a token of their own nobody changes anything`() throws {
            try withServer(Setup(confirmTimeout: "50ms")) { site, server in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expect(try site.deliver(), 202)
                let path = "/deliveries/\(try site.deliveries()[0].id)"
                let here = try token(try server.get(path))
                let ann = try token(try server.get("/status\(path)", from: "192.0.2.5", password))
                let cross = (name: "Sec-Fetch-Site", value: "cross-site")
                let origin = (name: "Origin", value: "https://evil.example.com")
                for action in ["\(path)/redeliver", "/outbox/retry", "/outbox/drop"] {
                    let target = "target=kargo-demo/guestbook"
                    for form in [
                        "", target, "token=&\(target)", "token=\(here)0&\(target)", "token=\(ann)&\(target)",
                        "token=0.00&\(target)",
                    ] {
                        let reply = try server.post(action, form: form)
                        #expect(
                            reply.status == 403 && reply.body.contains("load it again"),
                            "\(action) \(form)"
                        )
                    }
                    for header in [cross, origin] {
                        let reply = try server.post(action, form: "token=\(here)&\(target)", [header])
                        #expect(reply.status == 403, "\(action) \(header)")
                    }
                    let stolen = try server.post(
                        "/status\(action)",
                        form: "token=\(here)&\(target)",
                        from: "192.0.2.5",
                        password
                    )
                    #expect(stolen.status == 403)
                    let long = String(repeating: "x", count: 5000)
                    #expect(try server.post(action, form: "token=\(here)&x=\(long)").status == 413)
                    #expect(try server.get("\(action)?token=\(here)&\(target)").status == 405)
                }
                #expect(try site.deliveries().count == 1 && site.deliveries()[0].outcome == "pending")
                #expect(!site.log.contains("asked for"))
            }
        }

        @Test func `Below a path of its own every address begins with it, for the user who has the password`()
            throws
        {
            try withServer { site, server in
                expect(try site.deliver(), 200)
                let id = try site.deliveries()[0].id
                let page = try server.get("/status/deliveries/\(id)", from: "192.0.2.5", password)
                #expect(page.status == 200 && page.body.contains("unguja"))
                let addresses = page.body.matches(of: /(?:href|action)="([^"]*)"/).map(\.1)
                #expect(addresses.count > 5)
                for address in addresses { #expect(address.hasPrefix("/status/") || address == "#main") }
                let reply = try server.post(
                    "/status/deliveries/\(id)/redeliver",
                    form: "token=\(try token(page))",
                    from: "192.0.2.5",
                    password + [("Sec-Fetch-Site", "same-origin"), ("Origin", "null")]
                )
                #expect(reply.status == 303 && reply["Location"] == "/status/redeliveries/1")
                try eventually("the log says who") { site.log.contains("user=unguja") }
            }
        }

        @Test func `The outbox is hastened and emptied by its buttons`() throws {
            try withServer(Setup(confirmTimeout: "50ms")) { site, server in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expect(try site.deliver(), 202)
                try eventually("it is tried in vain") { try server.get("/outbox").body.contains("ENOTDIR") }
                let form = "token=\(try token(try server.get("/outbox")))&target=kargo-demo%2Fguestbook"
                #expect(try server.post("/outbox/retry", form: form).status == 303)
                #expect(try server.post("/outbox/drop", form: form).status == 303)
                #expect(try site.deliveries()[0].outcome == "dropped")
                #expect(try server.get("/outbox").body.contains("No refresh is pending"))
                // Again, and for what never was.
                #expect(try server.post("/outbox/drop", form: form).status == 303)
                let odd = form.replacing("kargo-demo%2Fguestbook", with: "%3Cscript%3E")
                #expect(try server.post("/outbox/drop", form: odd).status == 400)
                #expect(site.log.count(of: "refresh is dropped") == 1)
            }
        }

        private static let hostile = [
            #"<script>alert(1)</script>"#, #""><img src=x onerror=alert(1)>"#, "'><svg/onload=alert(1)>",
            "\u{202E}\u{2066}\u{200F}", "</pre></textarea><h1>", "&lt;script&gt;",
        ]

        @Test(arguments: hostile)
        func `What a stranger writes is text on every page`(_ text: String) throws {
            try withServer { site, server in
                func quoted(_ text: String) throws -> String {
                    String(decoding: try JSONEncoder().encode(text), as: UTF8.self)
                }
                let word = try quoted(text)
                let url = try quoted("registry.example.com/team-a/backend/api:\(text)")
                for type in [word, #""PUSH_ARTIFACT""#] {
                    for resource in [word, url] {
                        let body =
                            #"{"type":\#(type),"occur_at":1,"operator":\#(word),"\#(text.utf8.count)":\#(word),"#
                            + #""event_data":{"resources":[{"tag":\#(word),"digest":\#(word),"#
                            + #""resource_url":\#(resource)}],"repository":{"name":\#(word),"repo_full_name":\#(word)}}}"#
                        var request = try site.request(Array(body.utf8))
                        request.headers += [("User-Agent", text), ("X-Odd", text)]
                        _ = try site.nginx.exchange(request)
                    }
                }
                let hub = #"{"push_data":{"tag":\#(word)},"repository":{"repo_name":\#(word)}}"#
                _ = try site.deliver(Array(hub.utf8), to: "dockerhub-receiver")
                let ids = try site.deliveries().map { "/deliveries/\($0.id)" }
                #expect(ids.count >= 3)
                let odd = text.utf8.map { "%" + String(Int($0) + 0x100, radix: 16).suffix(2) }.joined()
                let queries = ["receiver", "status", "since", "limit"].map { "/deliveries?\($0)=\(odd)" }
                for path in ["/", "/deliveries", "/outbox"] + ids + queries {
                    let page = try server.get(path).body
                    for part in [
                        "<script", "<img", "<svg/", "onerror=alert(1)>", "</pre></textarea>",
                    ] {
                        #expect(!page.contains(part), "\(path)")
                    }
                    let isTurned = page.unicodeScalars.contains { $0.properties.generalCategory == .format }
                    #expect(!isTurned, "\(path)")
                }
                if text.hasPrefix("<script") {
                    #expect(try server.get(ids[0]).body.contains("&lt;script&gt;alert(1)&lt;/script&gt;"))
                }
            }
        }

        @Test func `A page may be larger than what fits into a socket`() throws {
            try withServer { site, server in
                let filler = String(repeating: #"["<&>",{}],"#, count: 7_500)
                let body = #"{"type":"x","list":[\#(filler)0]}"#
                _ = try site.deliver(Array(body.utf8))
                let path = "/deliveries/\(try site.deliveries()[0].id)"
                let page = try server.get(path)
                #expect(page.status == 200 && page.body.utf8.count > 300_000)
                #expect(page.body.hasSuffix("</html>\n"))
                #expect(page.body.contains("Only the beginning is shown"))
                #expect(try server.get("/healthz").status == 200)
            }
        }

        /// Whoever holds the lock of the key keeps pages with buttons waiting.
        @Test func `A few pages are waited for at a time, and deliveries do not wait for them`() throws {
            try withServer { site, server in
                #expect(try server.get("/outbox").status == 200)
                let lock = try FileLock(at: "\(site.folder.path)/state/pages.key", mode: 0o600)
                let isHeld = lock != nil
                #expect(isHeld)
                let connections = try (0..<12).map { _ in try server.nginx.connect() }
                for connection in connections {
                    var request = HTTPRequest(method: "GET", path: "/outbox")
                    request.host = "localhost"
                    try connection.send(request)
                }
                expect(try site.deliver(), 200)
                #expect(try server.get("/metrics").status == 200)
                lock?.release()
                let replies = try connections.map { try $0.receive() }
                let busy = replies.filter { $0.status == 503 && $0["Retry-After"] != nil }
                #expect(busy.count >= 4, "\(replies.map(\.status))")
                try eventually("pages are made again") { try server.get("/outbox").status == 200 }
            }
        }

        /// A site whose name has come to lead to this machine gets what a browser here can read.
        @Test func `Under another name than this machine's there is no page without a password`() throws {
            try withServer { (_, server) throws in
                for path in ["/", "/deliveries", "/outbox", "/style.css"] {
                    var request = HTTPRequest(method: "GET", path: path)
                    for (host, status) in [
                        ("evil.example.com", 403), ("127.0.0.1.example.com", 403), ("LOCALHOST:80", 200),
                    ] {
                        request.host = host
                        let reply = try server.nginx.exchange(request)
                        #expect(reply.status == status, "\(path) \(host)")
                    }
                }
            }
        }

        @Test func `What is not in the log, or not any more, is said so`() throws {
            try withServer { _, server in
                for path in ["/deliveries/019b7c1e-8f3a-7000-8000-000000000000", "/redeliveries/7"] {
                    let page = try server.get(path)
                    #expect(page.status == 404 && page.body.contains("not any more"))
                }
            }
        }
    }
}
