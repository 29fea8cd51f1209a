// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// `outbox`: what is pending, and what an operator does about it.
    @Suite struct OutboxCommandTests {
        private struct Row: Decodable {
            let target: String
            let attempts: Int
            let lastError: String?
        }

        private func rows(_ site: Site) throws -> [Row] {
            let json = try site.command("outbox", "--output", "json").succeeded()
            return try JSONDecoder().decode([Row].self, from: Data(json.utf8))
        }

        /// A site whose sink takes nothing for `kargo-demo`, and that has tried in vain `attempts` times.
        private func withFailingSink(attempts: Int, _ body: (Site) throws -> Void) throws {
            try Site.with(Setup(confirmTimeout: "50ms")) { site in
                try site.folder.write("in the way", to: "refresh/kargo-demo")
                expect(try site.deliver(), 202)
                try eventually("it is tried in vain") {
                    try rows(site).first.map { $0.attempts >= attempts } ?? false
                }
                try body(site)
            }
        }

        private func unblock(_ site: Site) throws {
            try FileManager.default.removeItem(atPath: "\(site.folder.path)/refresh/kargo-demo")
        }

        @Test func `It lists what is pending, with the last error`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                #expect(try rows(site).isEmpty)
                #expect(try site.command("outbox").succeeded() == "TARGET  AGE  ATTEMPTS  NEXT  LAST ERROR\n")
            }
            try withFailingSink(attempts: 1) { site in
                let row = try #require(try rows(site).first)
                #expect(row.target == "kargo-demo/guestbook" && row.lastError?.contains("ENOTDIR") == true)
                let table = try site.command("outbox").succeeded()
                #expect(
                    table.contains(#/kargo-demo/guestbook +\d+s +\d+ +(now|in \d+s) +.*ENOTDIR/#),
                    "\(table)"
                )
                #expect(try site.deliveries().map(\.outcome) == ["pending"])
            }
        }

        @Test(arguments: [["kargo-demo/guestbook"], ["--all"]])
        func `What waits for its next attempt is tried at once`(_ words: [String]) throws {
            // By then it waits for longer than the test would.
            try withFailingSink(attempts: 5) { site in
                try unblock(site)
                let output = try site.command(["outbox", "retry"] + words).succeeded()
                #expect(output.contains("tried now"))
                let asked = ContinuousClock.now
                try eventually("it is refreshed") { try site.token(of: "kargo-demo/guestbook") != nil }
                #expect(asked.duration(to: .now) < .seconds(5))
            }
        }

        @Test func `What is dropped is not tried any more, and the log says who dropped it`() throws {
            try withFailingSink(attempts: 1) { site in
                #expect(
                    try site.command("outbox", "drop", "kargo-demo/guestbook").succeeded().contains(
                        "is dropped"
                    )
                )
                #expect(try rows(site).isEmpty)
                try unblock(site)
                let row = try site.deliveries()[0]
                #expect(row.outcome == "dropped" && row.targets.map(\.outcome) == ["dropped"])
                let text = try site.command("deliveries", "show", row.id).succeeded()
                #expect(text.contains(#/kargo-demo\/guestbook +dropped +by an operator/#), "\(text)")
                // The next event is another matter.
                expect(try site.deliver(), 200)
                #expect(try site.deliveries().map(\.outcome).last == "delivered")
            }
        }

        @Test(arguments: ["retry", "drop"]) func `A target that is not pending is an error`(
            _ verb: String
        ) throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                let command = try site.command("outbox", verb, "kargo-demo/guestbook")
                #expect(
                    command.status == .exited(1)
                        && command.errors.contains("kargo-demo/guestbook is not pending")
                )
            }
        }

        @Test func `For programs it says what it did as JSON`() throws {
            try withFailingSink(attempts: 1) { site in
                func outcomes(_ words: String...) throws -> (Command, [[String: String]]?) {
                    let command = try site.command(["outbox"] + words + ["--output", "json"])
                    let object = try JSONSerialization.jsonObject(with: Data(command.output.utf8))
                    return (command, object as? [[String: String]])
                }
                let target = "kargo-demo/guestbook"
                let (retry, tried) = try outcomes("retry", target, "a/b")
                #expect(retry.status == .exited(1))
                #expect(tried?.map { $0["target"] } == [target, "a/b"])
                #expect(tried?.last?["outcome"] == "is not pending")
                let (drop, dropped) = try outcomes("drop", target)
                #expect(drop.status == .exited(0))
                #expect(dropped == [["target": target, "outcome": "is dropped"]])
                #expect(
                    try site.command("outbox", "retry", "--all", "--output", "json").output.contains(
                        #""tried" : 0"#
                    )
                )
            }
        }

        @Test(arguments: [["retry"], ["retry", "--all", "a/b"], ["drop"], ["drop", "nonsense"]])
        func `Wrong usage is 64`(_ words: [String]) throws {
            #expect(try Command([Checkout.program, "outbox"] + words).status == .exited(64))
        }
    }
}
