// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// Secrets and the paths that stand for them are in no log, no reply and no advice.
    @Suite struct SecrecyTests {
        /// Everything that must not be anywhere.
        private func secrets(_ site: Site) -> [String] {
            [Secrets.mark, "not-a-secret-of-ours"] + site.receivers.map(\.hash)
        }

        private func expectNone(of secrets: [String], in text: String, _ what: String) {
            for secret in secrets { #expect(!text.contains(secret), "\(what)") }
        }

        @Test(arguments: ["text", "json"])
        func `Whatever happens, logs and replies hold no secret`(_ format: String) throws {
            try Site.with(Setup(settings: ["limits: { bodyBytes: 5000 }"], logFormat: format)) { site in
                var replies: [HTTPReply] = []
                for receiver in site.receivers.map(\.name) {
                    for body in [
                        Payload.harborPush(), [], Array("{".utf8), Payload.harborPush(paddedTo: 5001),
                    ] {
                        var request = try site.request(to: receiver, body)
                        replies.append(try site.nginx.exchange(request))
                        request.headers = [("Authorization", "not-a-secret-of-ours")]
                        replies.append(try site.nginx.exchange(request))
                        request.method = "PUT"
                        replies.append(try site.nginx.exchange(request))
                        request.path += "/"
                        replies.append(try site.nginx.exchange(request))
                        request.path = request.path.uppercased()
                        replies.append(try site.nginx.exchange(request))
                    }
                }
                let tooLong = try site.fastCGIRequest(contentLength: "77")
                replies += [try #require(try site.responder.connect().exchange(tooLong)).reply]
                replies.append(try site.health())
                try site.folder.write("a: [", to: "manifests/broken.yaml")
                site.responder.signal(SIGHUP)
                try eventually("a failed reload") { site.log.contains("reload failed") }

                let secrets = secrets(site)
                expectNone(of: secrets, in: site.log, "the log")
                expectNone(of: secrets, in: site.folder.read("errors"), "standard error")
                expectNone(of: secrets, in: "\(site.nginx.responderLines)", "nginx's error log")
                expectNone(of: secrets, in: "\(replies)", "replies")
                #expect(!site.nginx.responderLines.isEmpty)
            }
        }

        @Test(arguments: [
            "https://user:\(Secrets.mark)@git.example.com/a/b?x=y",
            "ssh://user:\(Secrets.mark)@git.example.com/a/b",
            "user:\(Secrets.mark)@git.example.com:a/b",
        ])
        func `A password in a repository's URL is neither logged nor sent back`(_ url: String) throws {
            try Site.with { site in
                let body = #"{"eventType":"git.push","resource":{"repository":{"remoteUrl":"\#(url)"}}}"#
                let reply = try site.deliver(Array(body.utf8), to: "azure-receiver")
                expectNobodyRefreshed(reply)
                try eventually("the delivery is logged") { site.log.contains("git.example.com") }
                expectNone(of: secrets(site), in: reply.body, "the reply")
                expectNone(of: secrets(site), in: site.log, "the log")
            }
        }

        @Test func `What check finds wrong about a Secret does not quote it`() throws {
            try Site.with { site in
                try site.folder.write(
                    """
                    apiVersion: v1
                    kind: Secret
                    metadata: { name: harbor-secret, namespace: kargo-demo }
                    data: { auth-header: "\(Secrets.mark) is not base64" }
                    ---
                    apiVersion: v1
                    kind: Secret
                    metadata: { name: azure-secret, namespace: kargo-demo }
                    stringData: { secret: [ \(Secrets.mark) ], another: \(Secrets.mark) }
                    ---
                    apiVersion: v1
                    kind: Secret
                    metadata: { name: dockerhub-secret, namespace: kargo-demo }
                    stringData: { scret: \(Secrets.mark) }
                    """,
                    to: "manifests/secrets.yaml"
                )
                let check = try Command.webhookFCGI("check", "--config", "\(site.folder.path)/config.yaml")
                #expect(check.status == .exited(1))
                expectNone(of: secrets(site), in: check.output + check.errors, "check")
            }
        }

        @Test(arguments: [
            "\(Secrets.mark): \(Secrets.mark)", "\"\(Secrets.mark)", "'\(Secrets.mark)",
            "\"\\\(Secrets.mark)\"",
            "*\(Secrets.mark)", "@\(Secrets.mark)", "|\(Secrets.mark)", "[\(Secrets.mark)",
            "{\(Secrets.mark)",
            "<\(Secrets.mark)>\n\t\(Secrets.mark)", "[\(Secrets.mark)]", "{ \(Secrets.mark): 1 }",
            "!\(Secrets.mark) [1]",
        ])
        func `What is wrong with a Secret's YAML is said without a word of it`(_ value: String) throws {
            let secret =
                "apiVersion: v1\nkind: Secret\nmetadata: { name: harbor-secret, namespace: kargo-demo }\n"
                + "stringData:\n  auth-header: \(value)\n"
            try Site.with { site in
                let secrets = secrets(site)
                try site.folder.write(secret, to: "manifests/secrets.yaml")
                let config = "\(site.folder.path)/config.yaml"
                for command in ["check", "receivers", "nginx"] {
                    let command = try Command.webhookFCGI(command, "--config", config)
                    let output = command.output + command.errors
                    #expect(output.contains("secrets.yaml:"), "\(output)")
                    #expect(!output.contains(Secrets.mark), "\(output)")
                }
                site.responder.signal(SIGHUP)
                try eventually("the problem is logged") { site.log.contains("secrets.yaml:") }
                expectNone(of: secrets, in: site.log, "the log")
            }
        }

        @Test func `What is on the disk holds no secret`() throws {
            try Site.with { site in
                for receiver in site.receivers.map(\.name) {
                    var request = try site.request(to: receiver)
                    // As a proxy before nginx may add them.
                    request.headers += [("X-Api-Key", Secrets.mark), ("X-Original-URI", request.path)]
                    _ = try site.nginx.exchange(request)
                    request.headers = [("Authorization", "not-a-secret-of-ours")]
                    _ = try site.nginx.exchange(request)
                }
                _ = try site.deliver(try Checkout.payload("azure/acr-push"), to: "azure-receiver")
                let files = site.folder.files(below: "state")
                #expect(Set(files).isSuperset(of: ["outbox.sqlite", "outbox.sqlite-wal"]))
                // What is looked for would be found.
                #expect(files.contains { site.folder.read("state/\($0)").contains("azure-receiver") })
                for file in files.map({ "state/\($0)" }) + site.refreshed.map({ "refresh/\($0)" }) {
                    expectNone(of: secrets(site), in: site.folder.read(file), file)
                }
            }
        }

        @Test func `What waits in the journal holds no secret`() throws {
            let setup = Setup(
                manifests: Load.manifests(clients: 8),
                start: .listening,
                minInterval: "5s",
                confirmTimeout: "0s"
            )
            try Site.with(setup) { site in
                let load = try Load(site, clients: 8)
                var text = ""
                try eventually("a delivery is in the journal", within: .seconds(60)) {
                    text = journal(site)
                    return text.contains("harbor-receiver")
                }
                _ = try load.stop()
                expectNone(of: secrets(site), in: text, "the journal")
            }
        }

        private func journal(_ site: Site) -> String {
            let files = site.folder.entries(below: "state").filter { $0.hasPrefix("journal-") }
            return files.map { site.folder.read("state/\($0)") }.joined()
        }

        /// With user-info in a body, as some senders write it, and with headers as a proxy before nginx may add them.
        @Test func `No page shows a secret`() throws {
            try Site.with { site in
                for receiver in site.receivers.map(\.name) {
                    var request = try site.request(to: receiver)
                    request.headers += [("X-Api-Key", Secrets.mark), ("X-Original-URI", request.path)]
                    _ = try site.nginx.exchange(request)
                }
                _ = try site.deliver(try Checkout.payload("azure/acr-push"), to: "azure-receiver")
                let url = "https://user:\(Secrets.mark)@git.example.com/a/b"
                let body = #"{"eventType":"git.push","resource":{"repository":{"remoteUrl":"\#(url)"}}}"#
                expectNobodyRefreshed(try site.deliver(Array(body.utf8), to: "azure-receiver"))
                let server = try StatusServer(site)
                defer { server.end() }
                let ids = try site.deliveries().map { "/deliveries/\($0.id)" }
                #expect(ids.count >= 4)
                let all = [
                    "/", "/deliveries", "/outbox", "/style.css", "/redeliveries/1", "/deliveries?status=x",
                ]
                for path in all + ids {
                    let page = try server.get(path)
                    #expect(page.body.count > 500, "\(path)")
                    expectNone(of: secrets(site), in: "\(page)", path)
                }
                #expect(try server.get(ids[ids.count - 1]).body.contains("…@git.example.com"))
                expectNone(of: secrets(site), in: site.log, "the log")
            }
        }

        /// Every user of the machine can see the former, and programs that it starts get the latter.
        @Test(arguments: [Responder.Start.spawnFCGI, .listening])
        func `A process has no secret in its arguments or its environment`(_ start: Responder.Start) throws {
            try Site.with(Setup(start: start)) { site in
                _ = try site.deliver()
                for pid in site.responder.pids {
                    for file in ["cmdline", "environ"] {
                        let contents = FileManager.default.contents(atPath: "/proc/\(pid)/\(file)")
                        let text = String(decoding: try #require(contents), as: UTF8.self)
                        #expect(!text.isEmpty)
                        expectNone(of: secrets(site), in: text, file)
                    }
                }
            }
        }

        @Test func `No command prints a secret, whatever it is given`() throws {
            try Site.with { site in
                try site.folder.write(Payload.harborPush(), to: "push.json")
                let explain = [
                    "explain", "--receiver", "kargo-demo/harbor-receiver", "--payload",
                    "\(site.folder.path)/push.json",
                ]
                let headers = [
                    "Authorization: \(Secrets.harbor)", "Authorization: \(Secrets.cluster)", Secrets.harbor,
                ]
                _ = try site.deliver()
                let plain = [["check"], ["deliveries"], ["outbox"], explain]
                for words in plain + headers.map({ explain + ["--header", $0] }) {
                    for format in [[], ["--output", "json"]] {
                        let command = try run(words + format, site)
                        expectNone(of: secrets(site), in: command.output + command.errors, "\(words)")
                    }
                }
                // URLs are what these are for.
                for words in [["receivers"], ["receivers", "--output", "json"], ["nginx"]] {
                    let command = try run(words, site)
                    #expect(!(command.output + command.errors).contains(Secrets.mark), "\(words)")
                }
            }
        }

        private func run(_ words: [String], _ site: Site) throws -> Command {
            try Command([Checkout.program] + words + ["--config", "\(site.folder.path)/config.yaml"])
        }

        @Test func `A password in a setting is not printed`() throws {
            try Site.with { site in
                let config = site.folder.read("config.yaml")
                    .replacing("https://", with: "https://user:\(Secrets.mark)@")
                try site.folder.write(config, to: "config.yaml")
                let check = try Command.webhookFCGI("check", "--config", "\(site.folder.path)/config.yaml")
                #expect(check.status == .exited(1))
                expectNone(of: secrets(site), in: check.output + check.errors, "check")
            }
        }

        /// The same reply to the last byte, so that no answer tells how near a guess was.
        @Test func `A path that is almost right is as unknown as any other`() throws {
            try Site.with { site in
                let path = try site.path(of: "azure-receiver")
                let last = path.hasSuffix("0") ? "1" : "0"
                let body = try Checkout.payload("azure/acr-push")
                let any = try site.nginx.exchange(HTTPRequest(path: "/nowhere", body: body))
                for near in [
                    "\(path.dropLast())\(last)", "\(path)/", "\(path)0", "\(path.dropLast())",
                    path.uppercased(),
                    path.replacing("azure", with: "harbor"),
                ] {
                    let reply = try site.nginx.exchange(HTTPRequest(path: near, body: body))
                    #expect(reply.comparable == any.comparable)
                }
                expect(any, 404, #"{"error":"not found"}"#)
                #expect(site.refreshed.isEmpty)
            }
        }
    }
}

extension HTTPReply {
    /// Everything but the time.
    fileprivate var comparable: [String] {
        headers.filter { $0.name != "date" }.map { "\($0.name): \($0.value)" } + [body]
    }
}
