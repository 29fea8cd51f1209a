// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// When deliveries cannot be kept, senders hear of it, the operator knows why, and it mends by itself.
    @Suite struct StateTroubleTests {
        private func expectUnavailable(_ reply: HTTPReply) {
            expect(reply, 503, #"{"error":"the delivery could not be stored, try again later"}"#)
            #expect(reply["Retry-After"].flatMap { Int($0) } != nil)
        }

        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func `A full disk is a 503 until there is space again`() throws {
            let disk = try SmallDisk(kilobytes: 1024)
            try Site.with(Setup(state: "\(disk.path)/state")) { site in
                expect(try site.deliver(), 200)
                try disk.fill()
                // What is left of the last page may still take one or two.
                try eventually("the disk is full") { try site.deliver().status == 503 }
                expectUnavailable(try site.deliver())
                #expect(site.log.contains("\(disk.path)/state/outbox.sqlite"))
                try disk.makeSpace()
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test(.enabled(if: SmallDisk.isPossible, "only root can mount a small disk"))
        func `A disk that is full at the start is a 503, and mends without a restart`() throws {
            let disk = try SmallDisk(kilobytes: 1024)
            try disk.fill()
            try Site.with(Setup(state: "\(disk.path)/state")) { site in
                expectUnavailable(try site.deliver())
                try disk.makeSpace()
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
            }
        }

        @Test func `The reply says nothing about paths, and nginx's error log has it too`() throws {
            let place = try BlockableFolder()
            try Site.with(Setup(state: "\(place.path)/state")) { site in
                try place.block()
                let reply = try site.deliver()
                expectUnavailable(reply)
                #expect(!reply.body.contains("/"))
                try eventually("nginx's error log has it") {
                    site.nginx.responderLines.contains { $0.contains(" 503 ") }
                }
            }
        }

        @Test func `A refresh whose outcome cannot be recorded happens once, and mends by itself`() throws {
            let place = try BlockableFolder()
            try Site.with(Setup(state: "\(place.path)/state", confirmTimeout: "50ms")) { site in
                try eventually("the sink is in use") { try site.deliver().status == 200 }
                let first = try site.token(of: "kargo-demo/guestbook")
                let lock = try SinkLock(site.observer)
                expect(try site.deliver(), 202)
                try place.block()
                lock.unlock()
                try eventually("the trouble is logged") { site.log.contains("cannot record outcomes") }
                let second = try site.token(of: "kargo-demo/guestbook")
                #expect(second != first)
                try place.unblock()
                // Nothing is confirmed while anything is pending.
                let other = "registry.example.com/team-a/shared"
                try eventually("nothing is pending") {
                    try site.deliver(Payload.harborPush(of: other)).status == 200
                }
                #expect(try site.token(of: "kargo-demo/guestbook") == second)
                #expect(site.log.count(of: "cannot record outcomes") == 1)
            }
        }

        @Test func `What is refused is refused all the same`() throws {
            let place = try BlockableFolder()
            try Site.with(Setup(state: "\(place.path)/state")) { site in
                try place.block()
                expect(try site.deliver(Array("no JSON".utf8)), 400)
            }
        }

        @Test func `A damaged outbox is moved aside, and deliveries go on`() throws {
            try Site.with(Setup(start: .listening)) { site in
                expect(try site.deliver(), 200)
                site.responder.end()
                let outbox = "\(site.folder.path)/state/outbox.sqlite"
                try Data(repeating: 7, count: 100_000).write(to: URL(fileURLWithPath: outbox))
                let next = try Responder(.listening, in: site.folder)
                defer { next.end() }
                try eventually("deliveries are kept again") { try site.deliver().status == 200 }
                #expect(site.log.contains("moved aside to '\(outbox).damaged-"))
            }
        }
    }
}
