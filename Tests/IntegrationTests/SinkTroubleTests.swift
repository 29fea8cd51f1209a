// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

extension IntegrationTests {
    /// When refreshes cannot be stored, senders hear of it, the operator knows why, and it mends by itself.
    @Suite struct SinkTroubleTests {
        private func expectUnavailable(_ reply: HTTPReply) {
            expect(reply, 503)
            #expect(reply.body.hasPrefix(#"{"error":""#) && reply.body.hasSuffix(#""}"#))
            #expect(reply["Retry-After"].flatMap { Int($0) } != nil)
        }

        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func `A full disk is a 503, and no file is half-written`() throws {
            let disk = try SmallDisk()
            try Site.with(Setup(sink: "\(disk.path)/refresh")) { site in
                expect(try site.deliver(), 200)
                let token = try site.token(of: "kargo-demo/guestbook")
                try disk.fill()
                expectUnavailable(try site.deliver())
                #expect(try site.token(of: "kargo-demo/guestbook") == token)
                #expect(site.refreshed == ["kargo-demo/warehouses/guestbook.yaml"])
                let line = site.log.split(separator: "\n").first { $0.contains("ENOSPC") }
                #expect(try #require(line).contains("\(disk.path)/refresh/kargo-demo/warehouses/"))
            }
        }

        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func `When there is space again refreshes go on without a restart`() throws {
            let disk = try SmallDisk()
            try Site.with(Setup(sink: "\(disk.path)/refresh")) { site in
                try disk.fill()
                expectUnavailable(try site.deliver())
                try disk.makeSpace()
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                #expect(site.refreshed == ["kargo-demo/warehouses/guestbook.yaml"])
            }
        }

        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func `A read-only disk is a 503 until it can be written`() throws {
            let disk = try SmallDisk()
            try Site.with(Setup(sink: "\(disk.path)/refresh")) { site in
                try disk.setReadOnly(true)
                expectUnavailable(try site.deliver())
                let line = site.log.split(separator: "\n").first { $0.contains("EROFS") }
                #expect(try #require(line).contains("\(disk.path)/refresh"))
                try disk.setReadOnly(false)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `A file in the way of the sink is a 503 until it is gone`() throws {
            try Site.with { site in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expectUnavailable(try site.deliver())
                let line = site.log.split(separator: "\n").first { $0.contains("ENOTDIR") }
                #expect(try #require(line).contains("\(site.folder.path)/refresh/kargo-demo"))
                try FileManager.default.removeItem(atPath: "\(site.folder.path)/refresh/kargo-demo")
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `One Warehouse that cannot be stored makes the delivery a 503, for it may be sent again`()
            throws
        {
            try Site.with { site in
                try site.folder.write("in the way", to: "refresh/neighbour")
                expectUnavailable(try site.deliver(to: "cluster-receiver"))
                #expect(site.refreshed == ["kargo-demo/warehouses/guestbook.yaml"])
            }
        }

        @Test func `What needs no refresh is answered all the same`() throws {
            try Site.with { site in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                let body = try Checkout.payload("harbor/default-pull-artifact")
                expect(try site.deliver(body), 200)
            }
        }

        @Test func `A sink that another process never lets go of is a 503`() throws {
            try Site.with { site in
                let lock = try SinkLock(site.observer)
                expectUnavailable(try site.deliver())
                #expect(site.log.contains("\(site.folder.path)/refresh/.lock"))
                lock.unlock()
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `The reply says nothing about paths or reasons`() throws {
            try Site.with { site in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                let reply = try site.deliver()
                #expect(!reply.body.contains("/") && !reply.body.contains("ENOTDIR"))
            }
        }

        @Test func `The error is in nginx's error log too`() throws {
            try Site.with { site in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expectUnavailable(try site.deliver())
                try eventually("nginx's error log has it") {
                    site.nginx.responderLines.contains { $0.contains(" 503 ") }
                }
            }
        }
    }
}
