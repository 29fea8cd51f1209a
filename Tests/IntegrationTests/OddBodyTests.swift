// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// Bodies that are there to break something.
    @Suite struct OddBodyTests {
        @Test(arguments: OddBody.all, ["harbor-receiver", "azure-receiver", "dockerhub-receiver"])
        func `A body that means nothing is refused, refreshes nothing and breaks nothing`(
            _ body: OddBody,
            _ receiver: String
        ) throws {
            try Site.with { site in
                let reply = try site.deliver(body.bytes, to: receiver)
                expect(reply, 400)
                #expect(reply.body.hasPrefix(#"{"error":""#) && reply.body.hasSuffix(#""}"#))
                #expect(site.refreshed.isEmpty)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test(arguments: OddBody.debatable)
        func `A body that can be read in two ways refreshes what it names or nothing`(_ body: OddBody) throws
        {
            try Site.with { site in
                let reply = try site.deliver(body.bytes)
                #expect([200, 400].contains(reply.status))
                #expect(["kargo-demo/warehouses/guestbook.yaml"].starts(with: site.refreshed))
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `Invalid UTF-8 in a push is refused, not repaired`() throws {
            try Site.with { site in
                var body = Payload.harborPush()
                let place = try #require(body.firstIndex(of: UInt8(ascii: "o")))
                body[place] = 0xC0
                expect(try site.deliver(body), 400, #"{"error":"invalid request body"}"#)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: [
            "../../../../etc/passwd", "registry.example.com/../../guestbook", "/", "//", ":", "@", "%00",
            "\\u0000",
            "registry.example.com/team-a/backend/api/../api", "REGISTRY.EXAMPLE.COM", "☃",
        ])
        func `A repository of a strange name refreshes nothing and writes nowhere`(
            _ repository: String
        ) throws {
            try Site.with { site in
                let reply = try site.deliver(Payload.harborPush(of: repository))
                expectNobodyRefreshed(reply)
                #expect(site.folder.files(below: "refresh").filter { $0 != ".lock" }.isEmpty)
            }
        }
    }
}
