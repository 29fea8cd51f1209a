// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// What the responder says of itself where the web server lets somebody ask.
    @Suite struct HealthTests {
        @Test func `It is ready, and nothing is wrong`() throws {
            try Site.with { site in
                let reply = try site.health()
                #expect(reply.status == 200)
                #expect(reply.body == #"{"status":"ready","problems":[]}"# + "\n")
            }
        }

        @Test func `It is not ready while deliveries cannot be kept, and says why`() throws {
            let folder = try BlockableFolder()
            try Site.with(Setup(state: folder.path)) { site in
                try folder.block()
                let reply = try site.health()
                #expect(reply.status == 503)
                #expect(
                    reply.body.hasPrefix(#"{"status":"not ready","problems":["deliveries cannot be kept: "#)
                )
                try folder.unblock()
                #expect(try site.health().status == 200)
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
