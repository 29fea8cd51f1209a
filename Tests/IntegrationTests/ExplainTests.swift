// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// `explain`: the whole decision, and nothing done about it.
    @Suite struct ExplainTests {
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
        }

        private func explain(
            _ body: [UInt8],
            receiver: String = "kargo-demo/harbor-receiver",
            _ arguments: String...
        ) throws -> Command {
            try folder.write(String(decoding: body, as: UTF8.self), to: "payload.json")
            let call = [Checkout.program, "explain", "--config", "\(folder.path)/config.yaml"]
            return try Command(
                call + ["--receiver", receiver, "--payload", "\(folder.path)/payload.json"] + arguments
            )
        }

        private let push = Payload.harborPush()

        @Test func `It shows each step, and exits with 0 when something would be refreshed`() throws {
            let command = try explain(push)
            #expect(command.status == .exited(0))
            for line in [
                "receiver    kargo-demo/harbor-receiver (harbor)", "event       PUSH_ARTIFACT",
                "  as image  registry.example.com/team-a/backend/api", "  new       tag \"1.4.2\"",
                "warehouse   kargo-demo/guestbook  image  SemVer: accepted",
                "refreshes   kargo-demo/guestbook", "reply       200 {\"msg\":\"refreshed 1 warehouse(s)\"}",
            ] {
                #expect(command.output.split(separator: "\n").map(String.init).contains(line), "\(line)")
            }
        }

        @Test func `It refreshes nothing`() throws {
            _ = try explain(push).succeeded()
            let files = folder.files(below: ".")
            #expect(files.filter { $0.hasPrefix("refresh") || $0.hasPrefix("state") } == [])
        }

        @Test func `It exits with 1 when nothing would be refreshed, and says why`() throws {
            let tag = String(decoding: push, as: UTF8.self).replacing("1.4.2", with: "latest")
            let command = try explain(Array(tag.utf8))
            #expect(command.status == .exited(1))
            #expect(command.output.contains("kargo-demo/guestbook  image  SemVer: no, SemVer: not a version"))
        }

        @Test func `As JSON it is for programs`() throws {
            let json = try explain(push, "--output", "json").succeeded()
            let object = try #require(
                JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
            )
            #expect(object["targets"] as? [String] == ["kargo-demo/guestbook"])
            #expect(object["authentication"] as? String == "not checked")
            #expect((object["subscriptions"] as? [[String: Any]])?.count == 1)
        }

        @Test(arguments: [(Secrets.harbor, 0, "genuine"), ("wrong", 1, "refused")])
        func `With a header it authenticates, too`(_ value: String, _ status: Int32, _ word: String) throws {
            let command = try explain(push, "--header", "Authorization: \(value)")
            #expect(command.status == .exited(status))
            #expect(command.output.contains("delivery    \(word)"))
            #expect(!command.output.contains(Secrets.harbor))
        }

        @Test func `A header may come from a file, where nobody else sees it`() throws {
            let header = "X-Other: 1\r\n\r\nAuthorization: \(Secrets.harbor)\n"
            let file = try folder.write(header, to: "headers")
            let command = try explain(push, "--header", "@\(file)")
            #expect(try command.succeeded().contains("delivery    genuine"))
            let missing = try explain(push, "--header", "@\(file)-that-is-not-there")
            #expect(missing.status == .exited(64) && missing.errors.contains("-that-is-not-there"))
        }

        @Test(arguments: [("azure", "azure/acr-push"), ("dockerhub", "dockerhub/push")])
        func `Where only the URL authenticates, it says so`(_ provider: String, _ payload: String) throws {
            let body = try Checkout.payload(payload)
            let text = try explain(body, receiver: "kargo-demo/\(provider)-receiver").succeeded()
            #expect(text.contains("delivery    nothing but knowing the URL proves that it is genuine\n"))
            let json = try explain(
                body,
                receiver: "kargo-demo/\(provider)-receiver",
                "--output",
                "json"
            )
            #expect(try json.succeeded().contains(#""authentication" : "url""#))
        }

        @Test func `A payload may come from a pipe`() throws {
            try folder.write(String(decoding: push, as: UTF8.self), to: "payload.json")
            let explain =
                "'\(Checkout.program)' explain --config '\(folder.path)/config.yaml' "
                + "--receiver kargo-demo/harbor-receiver --payload <(sleep 0.1; cat '\(folder.path)/payload.json')"
            let text = try Command(["bash", "-c", explain]).succeeded()
            #expect(text.contains("refreshes   kargo-demo/guestbook"))
        }

        @Test func `No user-info is shown, the subscription's neither`() throws {
            let url = "ssh://user:zanzibar@git.example.com/a/b"
            try folder.write(Manifests.warehouse("ssh", kind: "git", url), to: "manifests/ssh.yaml")
            let body = #"{"eventType":"git.push","resource":{"repository":{"remoteUrl":"\#(url)"}}}"#
            for output in ["text", "json"] {
                let text = try explain(
                    Array(body.utf8),
                    receiver: "kargo-demo/azure-receiver",
                    "--output",
                    output
                )
                .succeeded()
                #expect(text.contains("git.example.com/a/b") && text.contains("kargo-demo/ssh"))
                #expect(!text.contains("zanzibar"))
            }
        }

        @Test func `A cluster's receiver has no project`() throws {
            let command = try explain(push, receiver: "cluster-receiver")
            #expect(command.status == .exited(0))
            #expect(command.output.contains("refreshes   kargo-demo/guestbook, neighbour/guestbook"))
        }

        @Test func `A receiver that is not there is wrong usage, and the others are named`() throws {
            let command = try explain(push, receiver: "kargo-demo/none")
            #expect(command.status == .exited(64))
            #expect(command.errors.contains("kargo-demo/azure-receiver"))
        }
    }
}
