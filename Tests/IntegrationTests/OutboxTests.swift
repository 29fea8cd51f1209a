// SPDX-License-Identifier: Apache-2.0

import Glibc
import POSIX
import TestSupport
import Testing

extension IntegrationTests {
    /// Nothing that was answered with success is ever lost.
    @Suite struct OutboxTests {
        @Test func `A delivery that comes again is a duplicate, and changes nothing`() throws {
            try Site.with { site in
                let body = Payload.harborPush()
                expect(try site.deliver(body), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                let token = try site.token(of: "kargo-demo/guestbook")
                let reply = try site.deliver(body)
                expect(reply, 200)
                #expect(reply.body.hasPrefix(#"{"msg":"duplicate of delivery 0"#))
                #expect(try site.token(of: "kargo-demo/guestbook") == token)
                // To another receiver it is another delivery.
                expect(try site.deliver(body, to: "cluster-receiver"), 200)
                #expect(try site.token(of: "kargo-demo/guestbook") != token)
            }
        }

        @Test func `Within the interval the last event leads to one refresh after it`() throws {
            try Site.with(Setup(minInterval: "10s", confirmTimeout: "50ms")) { site in
                #expect([200, 202].contains(try site.deliver().status))
                try eventually("the first event is refreshed") {
                    try site.token(of: "kargo-demo/guestbook") != nil
                }
                let first = try site.token(of: "kargo-demo/guestbook")
                var last = Timestamp.now()
                for _ in 0..<5 {
                    last = .now()
                    expect(try site.deliver(), 202, #"{"msg":"accepted refresh of 1 warehouse(s)"}"#)
                }
                #expect(try site.token(of: "kargo-demo/guestbook") == first)
                try eventually("the last event is refreshed") {
                    try site.token(of: "kargo-demo/guestbook").map { $0 >= last } ?? false
                }
            }
        }

        @Test func `What one process has accepted another one delivers when the first is killed`() throws {
            try Site.with(Setup(start: .forks(2), confirmTimeout: "50ms")) { site in
                let lock = try SinkLock(site.observer)
                expect(try site.deliver(), 202)
                // Whichever of the two delivers waits for the sink now.
                kill(site.responder.pids[0], SIGKILL)
                lock.unlock()
                try eventually("it is refreshed") { try site.token(of: "kargo-demo/guestbook") != nil }
                let token = try site.token(of: "kargo-demo/guestbook")
                _ = try site.deliver()
                try eventually("the next one, too") {
                    try site.token(of: "kargo-demo/guestbook") != token
                }
            }
        }

        @Test func `Killed at any moment under load, no delivery is lost`() throws {
            let setup = Setup(manifests: Load.manifests(clients: 8), start: .listening)
            for round in 1...12 {
                try Site.with(setup) { site in
                    let load = try Load(site, clients: 8)
                    // Always at another moment: after so many replies.
                    try load.waitForPushes(round * 7)
                    kill(site.responder.pids[0], SIGKILL)
                    _ = try site.responder.waitForEnd()
                    // Waits until what was accepted has been refreshed, by the next process.
                    let pushes = try load.stop()
                    #expect(pushes.lost.isEmpty)
                    try site.observer.checkFiles()
                }
            }
        }

        @Test func `Killed in a rush, the log has every delivery that was answered`() throws {
            // Most of them find that their refresh waits, and are kept in the journal.
            let setup = Setup(
                manifests: Load.manifests(clients: 8),
                start: .listening,
                minInterval: "5s",
                confirmTimeout: "0s"
            )
            try Site.with(setup) { site in
                let load = try Load(site, clients: 8)
                try eventually("there is a rush") {
                    site.folder.entries(below: "state").contains { $0.hasPrefix("journal-") }
                }
                try load.waitForPushes(200)
                kill(site.responder.pids[0], SIGKILL)
                _ = try site.responder.waitForEnd()
                let pushes = try load.stop()
                let next = try Responder(.listening, in: site.folder)
                defer { next.end() }
                let answered = pushes.count(where: \.isSuccess)
                try eventually("all of them are in the log, and no journal is left") {
                    try site.deliveries("--limit", "10000").count >= answered
                        && !site.folder.entries(below: "state").contains { $0.hasPrefix("journal-") }
                }
                let ids = try site.deliveries("--limit", "10000").map(\.id)
                #expect(Set(ids).count == ids.count)
            }
        }
    }
}
