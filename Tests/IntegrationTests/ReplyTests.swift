// SPDX-License-Identifier: Apache-2.0

import POSIX
import TestSupport
import Testing

extension IntegrationTests {
    /// The README's table of replies, row by row, as a sender sees it through nginx.
    @Suite struct ReplyTests {
        private static let limit = 2_097_152

        @Test(arguments: [
            ("harbor-receiver", "harbor/default-push-artifact", "guestbook"),
            ("harbor-receiver", "harbor/cloudevents-artifact-pushed", "guestbook"),
            ("azure-receiver", "azure/acr-push", "acr"),
            ("azure-receiver", "azure/devops-push", "source"),
            ("dockerhub-receiver", "dockerhub/push", "hub"),
        ])
        func `A push is answered when the Warehouse is refreshed`(
            _ receiver: String,
            _ payload: String,
            _ warehouse: String
        ) throws {
            try Site.with { site in
                let start = Timestamp.now()
                let reply = try site.deliver(try Checkout.payload(payload), to: receiver)
                expect(reply, 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                #expect(site.refreshed == ["kargo-demo/warehouses/\(warehouse).yaml"])
                #expect(try #require(try site.token(of: "kargo-demo/\(warehouse)")) >= start)
            }
        }

        @Test func `Every Warehouse that subscribes is counted and refreshed`() throws {
            try Site.with { site in
                let reply = try site.deliver(Payload.harborPush(of: "registry.example.com/team-a/shared"))
                expect(reply, 200, #"{"msg":"refreshed 3 warehouse(s)"}"#)
                #expect(
                    site.refreshed == ["first", "second", "third"].map { "kargo-demo/warehouses/\($0).yaml" }
                )
            }
        }

        @Test func `A cluster's receiver refreshes in every namespace`() throws {
            try Site.with { site in
                expect(try site.deliver(to: "cluster-receiver"), 200, #"{"msg":"refreshed 2 warehouse(s)"}"#)
                #expect(
                    site.refreshed == ["kargo-demo", "neighbour"].map { "\($0)/warehouses/guestbook.yaml" }
                )
            }
        }

        @Test func `A push that nobody subscribes to refreshes none`() throws {
            try Site.with { site in
                let reply = try site.deliver(Payload.harborPush(of: "registry.example.com/nobody/cares"))
                expectNobodyRefreshed(reply)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test func `A second push gets a later token`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                let first = try #require(try site.token(of: "kargo-demo/guestbook"))
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                #expect(try #require(try site.token(of: "kargo-demo/guestbook")) > first)
            }
        }

        @Test(arguments: [
            ("harbor-receiver", "harbor/default-pull-artifact", "PULL_ARTIFACT"),
            ("harbor-receiver", "harbor/cloudevents-scan-failed", "SCANNING_FAILED"),
            ("azure-receiver", "azure/acr-delete", "delete"),
            ("azure-receiver", "azure/devops-build-complete", "build.complete"),
        ])
        func `An event without effect is acknowledged with its type and the reason`(
            _ receiver: String,
            _ payload: String,
            _ type: String
        ) throws {
            try Site.with { site in
                let reply = try site.deliver(try Checkout.payload(payload), to: receiver)
                expect(reply, 200)
                #expect(reply.body.hasPrefix(#"{"msg":"ignored \#(type): "#) && reply.body.hasSuffix(#""}"#))
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test func `A ping of a container registry is answered as Kargo does`() throws {
            try Site.with { site in
                let reply = try site.deliver(try Checkout.payload("azure/acr-ping"), to: "azure-receiver")
                expect(reply, 200, #"{"msg":"ping event received, webhook is configured correctly"}"#)
            }
        }

        @Test(arguments: [[], [("Authorization", "")]])
        func `Without Authorization it is missing`(_ headers: [(String, String)]) throws {
            try Site.with { site in
                var request = try site.request()
                request.headers = headers
                expect(try site.nginx.exchange(request), 401, #"{"error":"missing authorization"}"#)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: [
            "wrong", Secrets.harbor + "x", String(Secrets.harbor.dropLast()), Secrets.harbor.lowercased(),
            Secrets.cluster, Secrets.harbor + ", " + Secrets.harbor,
        ])
        func `With another Authorization it is unauthorized`(_ authorization: String) throws {
            try Site.with { site in
                var request = try site.request()
                request.headers = [("Authorization", authorization)]
                expect(try site.nginx.exchange(request), 401, #"{"error":"unauthorized"}"#)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test func `Two Authorization fields never refresh, right as one may be`() throws {
            try Site.with { site in
                var request = try site.request()
                request.headers = [("Authorization", Secrets.harbor), ("Authorization", "another")]
                #expect((400...401).contains(try site.nginx.exchange(request).status))
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: ["harbor-receiver", "azure-receiver", "dockerhub-receiver"])
        func `What is not the JSON of the provider is an invalid body`(_ receiver: String) throws {
            try Site.with { site in
                let reply = try site.deliver(Array("not JSON".utf8), to: receiver)
                expect(reply, 400, #"{"error":"invalid request body"}"#)
            }
        }

        @Test func `What comes from neither of Azure's services is not supported`() throws {
            try Site.with { site in
                expect(
                    try site.deliver(Array(#"{"hello":"world"}"#.utf8), to: "azure-receiver"),
                    400,
                    #"{"error":"request does not appear to have originated from a supported service"}"#
                )
            }
        }

        @Test(arguments: ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
        func `Only POST is allowed`(_ method: String) throws {
            try Site.with { site in
                var request = try site.request()
                request.method = method
                let reply = try site.nginx.exchange(request)
                expect(reply, 405, method == "HEAD" ? "" : #"{"error":"method not allowed"}"#)
                #expect(reply["Allow"] == "POST")
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: ["POST", "GET", "HEAD", "PUT"])
        func `An unknown path is not found, whatever the method`(_ method: String) throws {
            try Site.with { site in
                let request = HTTPRequest(
                    method: method,
                    path: "/webhooks/harbor/none",
                    body: Array("{}".utf8)
                )
                expect(
                    try site.nginx.exchange(request),
                    404,
                    method == "HEAD" ? "" : #"{"error":"not found"}"#
                )
            }
        }

        @Test(arguments: [false, true])
        func `A body over the limit is too large, with Content-Length or in chunks`(_ isChunked: Bool) throws
        {
            try Site.with { site in
                var request = try site.request(
                    to: "harbor-receiver",
                    Payload.harborPush(paddedTo: Self.limit + 1)
                )
                request.isChunked = isChunked
                let reply = try site.nginx.exchange(request)
                expect(reply, 413, #"{"error":"content exceeds limit of 2097152 bytes"}"#)
                #expect(site.refreshed.isEmpty)
            }
        }

        @Test(arguments: [false, true])
        func `A body of exactly the limit is accepted, with Content-Length or in chunks`(
            _ isChunked: Bool
        ) throws {
            try Site.with { site in
                var request = try site.request(
                    to: "harbor-receiver",
                    Payload.harborPush(paddedTo: Self.limit)
                )
                request.isChunked = isChunked
                expect(try site.nginx.exchange(request), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `The limit is a setting`() throws {
            try Site.with(Setup(settings: ["limits: { bodyBytes: 1000 }"])) { site in
                let over = try site.deliver(Payload.harborPush(paddedTo: 1001))
                expect(over, 413, #"{"error":"content exceeds limit of 1000 bytes"}"#)
                expect(try site.deliver(Payload.harborPush(paddedTo: 1000)), 200)
            }
        }
    }
}
