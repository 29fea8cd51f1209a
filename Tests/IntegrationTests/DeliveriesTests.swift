// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// `deliveries`: what came in, and what became of it.
    @Suite struct DeliveriesTests {
        @Test func `The log is there while the server runs, and after it`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                expectNobodyRefreshed(
                    try site.deliver(Payload.harborPush(of: "registry.example.com/unknown"))
                )
                let rows = try site.deliveries()
                #expect(rows.map(\.receiver) == ["kargo-demo/harbor-receiver", "kargo-demo/harbor-receiver"])
                #expect(rows.map(\.outcome) == ["delivered", "none"])
                #expect(rows[0].targets.map(\.target) == ["kargo-demo/guestbook"])
                #expect(rows[0].repositories[0].repository == "registry.example.com/team-a/backend/api:1.4.2")
                #expect(rows[1].reason?.hasPrefix("no Warehouse subscribes to") == true)
                let table = try site.command("deliveries").succeeded().split(separator: "\n")
                #expect(table.count == 3)
                #expect(
                    table[0].hasPrefix("AGE") && table[1].contains(rows[0].id)
                        && table[2].contains(rows[1].id)
                )
                #expect(table[1].contains("delivered") && table[2].contains("no Warehouse subscribes to"))
                site.responder.signal(SIGTERM)
                _ = try site.responder.waitForEnd()
                #expect(try site.deliveries().map(\.id) == rows.map(\.id))
            }
        }

        @Test func `Deliveries are chosen by receiver, outcome, HTTP status, time and number`() throws {
            try Site.with { site in
                for _ in 0..<3 { expect(try site.deliver(), 200) }
                expect(try site.deliver(to: "cluster-receiver"), 200)
                expectNobodyRefreshed(
                    try site.deliver(Payload.harborPush(of: "registry.example.com/unknown"))
                )
                #expect(try site.deliveries("--receiver", "kargo-demo/harbor-receiver").count == 4)
                #expect(try site.deliveries("--receiver", "cluster-receiver").count == 1)
                #expect(try site.deliveries("--status", "none").count == 1)
                #expect(try site.deliveries("--status", "none", "--status", "delivered").count == 5)
                #expect(try site.deliveries("--status", "202", "--since", "1h").count == 4)
                #expect(try site.deliveries("--since", "0s").count == 0)
                let all = try site.deliveries().map(\.id)
                #expect(try site.deliveries("--limit", "2").map(\.id) == Array(all.suffix(2)))
            }
        }

        @Test(arguments: [
            ["--status", "good"], ["--since", "yesterday"], ["--receiver", "a/b/c"], ["--limit", "-1"],
            ["--follow", "--status", "gone"], ["--output", "xml"],
        ])
        func `Wrong usage is 64`(_ words: [String]) throws {
            let command = try Command([Checkout.program, "deliveries"] + words)
            #expect(command.status == .exited(64))
        }

        @Test func `One delivery is shown with its headers, its body, its decision and its targets`() throws {
            try Site.with { site in
                var request = try site.request()
                request.headers += [
                    ("User-Agent", "harbor/test"), ("X-Api-Key", Secrets.mark), ("Cookie", Secrets.mark),
                ]
                expect(try site.nginx.exchange(request), 200)
                let id = try site.deliveries()[0].id
                let text = try site.command("deliveries", "show", String(id.prefix(13))).succeeded()
                for line in [
                    "id          \(id)", "receiver    kargo-demo/harbor-receiver (harbor)",
                    "event       PUSH_ARTIFACT",
                    "warehouse   kargo-demo/guestbook  image  SemVer: accepted", "  user-agent: harbor/test",
                    "  content-type: application/json", #"    "type": "PUSH_ARTIFACT","#,
                ] {
                    #expect(text.split(separator: "\n").map(String.init).contains(line), "\(line) in \(text)")
                }
                #expect(text.contains(#/kargo-demo/guestbook +delivered/#))
                let json = try site.command("deliveries", "show", id, "--output", "json").succeeded()
                #expect(!(text + json).contains(Secrets.mark))
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
                )
                #expect(object["id"] as? String == id && object["bodyState"] as? String == "whole")
                #expect(object["body"] as? String == String(decoding: request.body, as: UTF8.self))
                #expect((object["decision"] as? [String: Any])?["event"] as? String == "PUSH_ARTIFACT")
                #expect(
                    (object["headers"] as? [[String: String]])?.contains { $0["value"] == "harbor/test" }
                        == true
                )
            }
        }

        @Test func `An id that fits none or several is an error that says so`() throws {
            try Site.with { site in
                for _ in 0..<2 { expect(try site.deliver(), 200) }
                let several = try site.command("deliveries", "show", "0")
                #expect(several.status == .exited(1) && several.errors.contains("several"))
                let none = try site.command("deliveries", "show", "ffff")
                #expect(none.status == .exited(1) && none.errors.contains("ffff"))
            }
        }

        @Test func `A body of which a part is missing is shown as what it is`() throws {
            try Site.with { site in
                expect(try site.deliver(Payload.harborPush(paddedTo: 300_000)), 200)
                let id = try site.deliveries()[0].id
                let text = try site.command("deliveries", "show", id).succeeded()
                #expect(text.contains("body: the first 256 KiB"))
            }
        }

        @Test(arguments: [SIGINT, SIGTERM])
        func `What comes in is printed as it comes, until a signal`(_ signal: Int32) throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                let follower = try site.follow("--output", "json")
                let first = try site.deliveries()[0].id
                try eventually("the last ones are printed") { site.folder.read("followed").contains(first) }
                expect(try site.deliver(), 200)
                let second = try site.deliveries()[1].id
                try eventually("the next one is printed") { site.folder.read("followed").contains(second) }
                follower.signal(signal)
                #expect(try follower.waitForEnd() == .exited(0))
                let lines = site.folder.read("followed").split(separator: "\n")
                let rows = try lines.map { try JSONDecoder().decode(LoggedRow.self, from: Data($0.utf8)) }
                #expect(rows.map(\.id) == [first, second])
                #expect(site.folder.read("followed.errors") == "")
            }
        }

        @Test func `A reader that goes away ends it, also while nothing comes in`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                let call =
                    "'\(Checkout.program)' deliveries --follow --config '\(site.folder.path)/config.yaml' | head -n 2; "
                    + "echo ${PIPESTATUS[0]}"
                let command = try Command(["bash", "-c", call])
                #expect(
                    command.output.split(separator: "\n").last == "0" && command.errors == "",
                    "\(command)"
                )
            }
        }

        @Test func `Where there is no outbox it says so, and makes none`() throws {
            let folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for words in [
                ["deliveries"], ["deliveries", "show", "0"], ["outbox"], ["redeliver", "0"],
                ["outbox", "retry", "--all"],
            ] {
                let command = try Command(
                    [Checkout.program] + words + ["--config", "\(folder.path)/config.yaml"]
                )
                #expect(command.status == .exited(1), "\(words)")
                #expect(command.errors.contains("there is no outbox '\(folder.path)/state/outbox.sqlite'"))
            }
            #expect(folder.files() == ["config.yaml"])
        }

        @Test(.enabled(if: geteuid() == 0, "only root can be somebody else"))
        func `Another user's outbox cannot be read, and it says whose it is`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                for path in ["", "/config.yaml"] {
                    try FileManager.default.setAttributes(
                        [.posixPermissions: 0o755],
                        ofItemAtPath: site.folder.path + path
                    )
                }
                let command = try Command([
                    "setpriv", "--reuid=65534", "--clear-groups", Checkout.program, "deliveries", "--config",
                    "\(site.folder.path)/config.yaml",
                ])
                #expect(command.status == .exited(1))
                #expect(command.errors.contains("belongs to the user root"), "\(command.errors)")
            }
        }

        @Test(.enabled(if: geteuid() == 0, "only root can be somebody else"))
        func `What root makes beside another user's outbox is that user's`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                site.responder.signal(SIGTERM)
                _ = try site.responder.waitForEnd()
                let state = "\(site.folder.path)/state"
                _ = try Command(["chown", "-R", "65534", state]).succeeded()
                #expect(try site.deliveries().count == 1)
                _ = try site.command("outbox", "retry", "--all").succeeded()
                for name in site.folder.files(below: "state") {
                    let attributes = try FileManager.default.attributesOfItem(atPath: "\(state)/\(name)")
                    #expect(attributes[.ownerAccountID] as? Int == 65534, "\(name)")
                }
            }
        }

        @Test(arguments: [60, 100]) func `A table fits the terminal, and has colours there`(
            _ width: Int
        ) throws {
            try Site.with { site in
                for _ in 0..<2 { expect(try site.deliver(), 200) }
                let call =
                    "stty cols \(width); '\(Checkout.program)' deliveries --config '\(site.folder.path)/config.yaml'"
                let colored = try Command(
                    ["script", "-qec", call, "/dev/null"],
                    environment: ["TERM": "xterm", "SHELL": "/bin/sh", "NO_COLOR": ""]
                )
                .succeeded()
                #expect(colored.contains("\u{1B}[32mdelivered\u{1B}[0m"))
                let plain = try Command(
                    ["script", "-qec", call, "/dev/null"],
                    environment: ["TERM": "xterm", "SHELL": "/bin/sh", "NO_COLOR": "1"]
                )
                .succeeded()
                #expect(!plain.contains("\u{1B}"))
                let lines = plain.split(whereSeparator: \.isNewline)
                #expect(lines.count == 3 && lines.allSatisfy { $0.count <= width }, "\(plain)")
            }
        }
    }
}
