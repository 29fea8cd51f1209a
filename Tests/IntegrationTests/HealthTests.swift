// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// What the responder says of itself where the web server lets somebody ask.
    @Suite struct HealthTests {
        @Test func `It is ready, and nothing is wrong`() throws {
            try Site.with { site in
                let reply = try site.health()
                expect(reply, 200, #"{"status":"ready","problems":[]}"# + "\n")
                #expect(reply["Cache-Control"] == "no-store")
            }
        }

        @Test func `It is not ready while deliveries cannot be kept, and says why`() throws {
            let folder = try BlockableFolder()
            try Site.with(Setup(state: folder.path)) { site in
                try folder.block()
                let reply = try site.health()
                #expect(reply.status == 503)
                let problem = #"{"part":"outbox","problem":"deliveries cannot be kept: "#
                #expect(reply.body.hasPrefix(#"{"status":"not ready","problems":[\#(problem)"#))
                try folder.unblock()
                #expect(try site.health().status == 200)
            }
        }

        @Test func `To a stranger it names the part and nothing else`() throws {
            let folder = try BlockableFolder()
            try Site.with(Setup(state: folder.path)) { site in
                try folder.block()
                let reply = try site.status("/readyz", from: "192.0.2.1")
                expect(reply, 503, #"{"status":"not ready","problems":[{"part":"outbox"}]}"# + "\n")
                expect(try site.status("/healthz", from: "192.0.2.1"), 200, #"{"status":"ok"}"# + "\n")
            }
        }

        @Test func `A sink that does not work is a problem, and no reason to send deliveries elsewhere`()
            throws
        {
            let folder = try BlockableFolder()
            try Site.with(Setup(sink: folder.path, confirmTimeout: "50ms")) { site in
                try folder.block()
                expect(try site.deliver(), 202)
                try eventually("the probe learns of it: \(site.log)") {
                    let reply = try site.health()
                    #expect(reply.status == 200)
                    let problem = #"{"part":"sink","problem":"1 refresh(es) failed and wait"#
                    return reply.body.hasPrefix(#"{"status":"ready","problems":[\#(problem)"#)
                }
                try folder.unblock()
                try eventually("the probe learns that it works: \(site.log)") {
                    try site.health().body == #"{"status":"ready","problems":[]}"# + "\n"
                }
            }
        }

        @Test func `A sink that has not worked at the start is asked again`() throws {
            let folder = try BlockableFolder()
            try folder.block()
            try Site.with(Setup(sink: folder.path)) { site in
                try eventually("the probe learns of it: \(site.log)") {
                    try site.health().body.contains(
                        #"{"part":"sink","problem":"refreshes cannot be delivered"#
                    )
                }
                try folder.unblock()
                try eventually("the probe learns that it works: \(site.log)") {
                    try site.health().body == #"{"status":"ready","problems":[]}"# + "\n"
                }
            }
        }

        @Test func `A reload that failed is a problem until one succeeds`() throws {
            try Site.with { site in
                let config = site.folder.read("config.yaml")
                try site.folder.write("nonsense: true", to: "config.yaml")
                site.responder.signal(SIGHUP)
                try eventually("a failed reload") { site.log.contains("reload failed") }
                let reply = try site.health()
                #expect(reply.status == 200)
                let problem = #"{"part":"source","problem":"the last reload failed"#
                #expect(reply.body.hasPrefix(#"{"status":"ready","problems":[\#(problem)"#))
                try site.folder.write(config, to: "config.yaml")
                site.responder.signal(SIGHUP)
                try eventually("a reload") { site.log.contains("reloaded") }
                expect(try site.health(), 200, #"{"status":"ready","problems":[]}"# + "\n")
            }
        }

        @Test func `A sender cannot ask`() throws {
            try Site.with { site in
                let request = FastCGIRequest(parameters: [
                    "REQUEST_METHOD": "GET", "SCRIPT_NAME": "/readyz", "HTTP_WEBHOOK_FCGI_STATUS": "on",
                ])
                let reply = try site.responder.connect().exchange(request)
                #expect(reply?.status == 404)
            }
        }
    }
}
