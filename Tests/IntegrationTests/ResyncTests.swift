// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// The command `resync`, with a catalogue in files.
    @Suite struct ResyncTests {
        @Test func `Everything that Harbor has is shown, and what is gone goes`() async throws {
            try await with { place in
                place.harbor.push("team-a/backend/api@sha256:1", tags: ["1.0"], critical: 2)
                place.harbor.push("team-a/backend/api@sha256:2")
                place.harbor.push("team-b/web@sha256:3")
                let first = try place.resync().report()
                #expect(first["outcome"] as? String == "done" && first["artifacts"] as? Int == 3)
                #expect(place.entities.count == 2 + 2 + 3)
                #expect(place.text.contains("\"1.0\""))
                place.harbor.remove("team-a/backend/api@sha256:2")
                place.harbor.remove("team-b")
                let second = try place.resync().report()
                #expect(second["removed"] as? Int == 4 && second["resumed"] as? Bool == false)
                #expect(place.entities.count == 3)
                // Nothing was asked for one by one but what was gone.
                #expect(place.harbor.calls.count { $0.path.contains("/artifacts/sha256") } <= 4)
            }
        }

        @Test func `What is pushed again while it is being removed is there in the end`() async throws {
            try await CatalogueSite.with { catalogue in
                let (pushed, gone) = (
                    "team-a/x@sha256:\(Self.digest("1"))", "team-a/x@sha256:\(Self.digest("2"))"
                )
                let resync = [
                    Checkout.program, "resync", "--receiver", "kargo-demo/portal", "--config",
                    "\(catalogue.site.folder.path)/config.yaml",
                ]
                catalogue.harbor.push(pushed)
                catalogue.harbor.push(gone)
                _ = try Command(resync).succeeded()
                #expect(catalogue.entities().count == 4)
                catalogue.harbor.remove(pushed)
                catalogue.harbor.remove(gone)
                // Both are found to be gone, are looked at again, and of one the answer keeps what follows waiting.
                catalogue.harbor.forgetCalls()
                catalogue.harbor.hold(at: Self.digest("2"), after: 1)
                let process = try ChildProcess(resync)
                try await waitUntil("the second look") {
                    catalogue.harbor.underWay.now == 1
                        && catalogue.harbor.calls.count { $0.path.contains(Self.digest("1")) } == 2
                }
                catalogue.harbor.push(pushed)
                let event = Payload.harborEvent("PUSH_ARTIFACT", "team-a/x", "sha256:\(Self.digest("1"))")
                #expect([200, 202].contains(try catalogue.deliver(event).status))
                catalogue.harbor.release()
                let status = try process.waitForEnd()
                #expect(status == .exited(0))
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                #expect(catalogue.entities() == ["team-a", "team-a/x", pushed])
            }
        }

        @Test func `A service that starts while Harbor keeps it waiting refreshes Warehouses at once`()
            async throws
        {
            try await CatalogueSite.with { catalogue in
                let site = catalogue.site
                let gone = "team-a/x@sha256:\(Self.digest("1"))"
                let resync = [
                    Checkout.program, "resync", "--receiver", "kargo-demo/portal", "--config",
                    "\(site.folder.path)/config.yaml",
                ]
                catalogue.harbor.push(gone)
                _ = try Command(resync).succeeded()
                catalogue.harbor.remove(gone)
                site.responder.end()
                // The walk finds it gone, and gets no answer when it looks once more, in the place of the service.
                catalogue.harbor.forgetCalls()
                catalogue.harbor.hold(at: Self.digest("1"), after: 1)
                let process = try ChildProcess(resync)
                try await waitUntil("the second look") { catalogue.harbor.underWay.now == 1 }
                let responder = try Responder(.listening, in: site.folder)
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                // Still.
                #expect(catalogue.harbor.underWay.now == 1)
                catalogue.harbor.release()
                let status = try process.waitForEnd()
                #expect(status == .exited(0) && catalogue.entities() == ["team-a", "team-a/x"])
                // From here on the service brings it up to date.
                catalogue.harbor.push(gone)
                let event = Payload.harborEvent("PUSH_ARTIFACT", "team-a/x", "sha256:\(Self.digest("1"))")
                expect(try catalogue.deliver(event), 200, #"{"msg":"updated 2 catalogue object(s)"}"#)
                responder.end()
            }
        }

        @Test func `A tag that moves after its list was read stays with the artifact that has it`()
            async throws
        {
            let mapping = """
                mapping: { resources: [ { kind: artifact, selector: { query: '.tags != null' }, port: { entity: { mappings: {
                    identifier: '.tags[0].name', blueprint: '"image"', properties: { digest: '.digest' } } } } } ] }
                """
            try await CatalogueSite.with(more: mapping) { catalogue in
                let (site, harbor) = (catalogue.site, catalogue.harbor)
                let (former, new) = ("sha256:\(Self.digest("1"))", "sha256:\(Self.digest("2"))")
                func latest() -> String { site.folder.read("catalogue/image/latest.json") }
                harbor.push("team-a/x@\(former)", tags: ["latest"])
                harbor.push("team-a/y@\(former)", tags: ["other"])
                // What is in both is sent together.
                harbor.hold(at: "repositories/y/artifacts")
                let resync = try ChildProcess([
                    Checkout.program, "resync", "--receiver", "kargo-demo/portal", "--config",
                    "\(site.folder.path)/config.yaml",
                ])
                try await waitUntil("one of them is read") {
                    let lists = harbor.calls.filter { $0.path.hasSuffix("/artifacts") }
                    return lists.count == 2 && harbor.underWay.now == 1
                }
                harbor.push("team-a/x@\(former)")
                harbor.push("team-a/x@\(new)", tags: ["latest"])
                expect(try catalogue.deliver(Payload.harborEvent("PUSH_ARTIFACT", "team-a/x", new)), 200)
                #expect(latest().contains(new))
                harbor.release()
                let status = try resync.waitForEnd()
                #expect(status == .exited(0))
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                #expect(latest().contains(new) && catalogue.entities() == ["latest", "other"])
                // Nor does the one that had it take it along.
                expect(
                    try catalogue.deliver(Payload.harborEvent("SCANNING_COMPLETED", "team-a/x", former)),
                    200
                )
                #expect(latest().contains(new))
            }
        }

        private static func digest(_ digit: Character) -> String { String(repeating: digit, count: 64) }

        @Test func `In Port is what Harbor has, before and after`() async throws {
            try await CatalogueSite.with(.port) { catalogue in
                let (harbor, port) = (catalogue.harbor, catalogue.port)
                func resync() throws -> [String: Any] {
                    try catalogue.site.command(
                        "resync",
                        "--receiver",
                        "kargo-demo/portal",
                        "--output",
                        "json"
                    ).report()
                }
                func names(_ kind: String) -> [String]? {
                    port.with { $0.entities["harbor\(kind)"]?.keys.sorted() }
                }
                for number in 100..<150 { harbor.push("team-a/x@sha256:\(number)", tags: ["\(number)"]) }
                harbor.push("team-b/y@sha256:1")
                port.with { port in
                    port.answers = [.error(413, "too_large", "too large"), .error(429, "slow", "later")]
                }
                let first = try resync()
                #expect(first["outcome"] as? String == "done" && first["failed"] as? Int == 0)
                #expect(
                    names("Project") == ["team-a", "team-b"]
                        && names("Repository") == ["team-a/x", "team-b/y"]
                )
                #expect(names("Artifact")?.count == 51)
                let artifact = port.with { $0.entities["harborArtifact"]?["team-a/x@sha256:149"] }
                #expect(artifact?.contains(#""tags":["149"]"#) == true)
                // It came in bulk.
                #expect(port.with { $0.batches.count } < 10)
                harbor.remove("team-a/x@sha256:149")
                harbor.remove("team-b")
                _ = port.with {
                    $0.blueprints["harborProject"]?.schema.properties.removeValue(forKey: "repoCount")
                }
                let second = try catalogue.site.command("resync", "--receiver", "kargo-demo/portal")
                #expect(second.status == .exited(1) && second.output.contains("repoCount"))
                #expect(names("Repository") == ["team-a/x"] && names("Project") == ["team-a"])
                #expect(names("Artifact")?.count == 49)
                #expect(port.with { $0.mistakes } == [])
                let shown = second.output + second.errors
                #expect(!shown.contains(PortServer.clientSecret) && !shown.contains(HarborServer.password))
            }
        }

        @Test func `Of a project that may not be seen any more nothing goes`() async throws {
            try await with { place in
                place.harbor.push("team-a/backend/api@sha256:1")
                _ = try place.resync().report()
                place.harbor.forbid("team-a")
                let report = try place.resync().report()
                #expect(report["kept"] as? Int == 3 && report["removed"] as? Int == 0)
                #expect(place.entities.count == 3)
            }
        }

        @Test(arguments: [SIGINT, SIGTERM, SIGKILL])
        func `Interrupted in whatever way, it goes on where it was`(_ signal: Int32) async throws {
            try await with { place in
                for project in 0..<4 {
                    for artifact in 0..<3 { place.harbor.push("p\(project)/a/b@sha256:\(artifact)") }
                }
                _ = try place.resync().report()
                place.harbor.push("p3/a/b@sha256:9")
                place.harbor.remove("p0/a/b@sha256:0")
                place.harbor.forgetCalls()
                // It comes to the third project, and gets no answer there.
                place.harbor.fail(at: "/p2/repositories")
                let process = try place.start()
                try await waitUntil("a call without an answer") {
                    place.harbor.calls.contains { $0.path.hasSuffix("/p2/repositories") }
                }
                process.signal(signal)
                let status = try process.waitForEnd()
                #expect(status == (signal == SIGKILL ? .killed(signal: SIGKILL) : .exited(75)))
                if signal != SIGKILL { #expect(place.output.contains("\"interrupted\"")) }
                place.harbor.forgetCalls()
                let report = try place.resync().report()
                #expect(report["resumed"] as? Bool == true && report["projects"] as? Int == 4)
                #expect(report["removed"] as? Int == 1 && place.entities.count == 4 + 4 + 12)
                let paths = place.harbor.calls.map(\.path)
                #expect(!paths.contains { $0.contains("/p1/repositories") })
            }
        }

        @Test func `Progress is a bar on a terminal, and lines elsewhere`() async throws {
            try await with { place in
                place.harbor.push("team-a/backend/api@sha256:1")
                let lines = try place.resync().errors
                #expect(lines.contains("100%: 1 projects") && !lines.contains("\r"))
                let onTerminal = try Command(
                    ["script", "-qec", place.words.joined(separator: " "), "/dev/null"],
                    environment: ["COLUMNS": "100"]
                )
                #expect(try onTerminal.succeeded().contains(#/\r\[#{10,}\] 100%: 1 projects/#))
            }
        }

        @Test func `Two of one receiver are one too many`() async throws {
            try await with { place in
                place.harbor.addProject("team-a")
                place.harbor.hold()
                let process = try place.start()
                try await waitUntil("a call") { place.harbor.underWay.now == 1 }
                let command = try place.resync()
                #expect(command.status == .exited(1) && command.errors.contains("another process"))
                place.harbor.release()
                let status = try process.waitForEnd()
                #expect(status == .exited(0))
            }
        }

        @Test func `A wrong password stops it, and is not printed`() async throws {
            try await with(password: "wrong-password") { place in
                place.harbor.addProject("team-a")
                let command = try place.resync()
                #expect(command.status == .exited(75))
                let text = command.output + command.errors
                #expect(text.contains("401") && !text.contains("wrong-password"))
            }
        }

        @Test func `A receiver that is left out for its secret is there all the same`() async throws {
            try await with { place in
                let text = place.folder.read("manifests/catalogue.yaml")
                try place.folder.write(
                    text.replacing("webhook-secret:", with: "webhook-sekret:"),
                    to: "manifests/catalogue.yaml"
                )
                let command = try place.resync()
                #expect(command.status == .exited(1) && command.errors.contains("is left out"), "\(command)")
            }
        }

        @Test(arguments: [
            ["--receiver", "kargo-demo/other"], ["--receiver", "kargo-demo/harbor-receiver"],
            ["--receiver", "kargo-demo/portal", "--project", "a/b"],
        ])
        func `Wrong usage is 64`(_ words: [String]) async throws {
            try await with { place in
                let command = try Command([Checkout.program, "resync", "--config", place.config] + words)
                #expect(command.status == .exited(64), "\(command)")
            }
        }

        /// Settings with a CatalogueReceiver, and the Harbor it is about.
        private struct Place {
            let folder: TemporaryFolder
            let harbor: HarborServer

            var config: String { "\(folder.path)/config.yaml" }

            var words: [String] {
                [
                    Checkout.program, "resync", "--receiver", "kargo-demo/portal", "--output", "json",
                    "--config", config,
                ]
            }

            func resync() throws -> Command { try Command(words) }

            func start() throws -> ChildProcess {
                try ChildProcess(
                    words,
                    output: "\(folder.path)/output",
                    errors: "\(folder.path)/errors"
                )
            }

            /// Of a process that was started.
            var output: String { folder.read("output") }

            var entities: [String] { folder.files(below: "catalogue").filter { $0.hasSuffix(".json") } }

            /// All documents.
            var text: String { entities.map { folder.read("catalogue/\($0)") }.joined() }
        }

        private func with(
            password: String = HarborServer.password,
            _ body: (Place) async throws -> Void
        ) async throws {
            let harbor = try await HarborServer()
            let folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
            try folder.write(
                """
                apiVersion: webhook-fcgi.dev/v1alpha1
                kind: CatalogueReceiver
                metadata: { name: portal, namespace: kargo-demo }
                spec:
                  secretRef: { name: portal-webhook }
                  harbor: { url: "\(harbor.url)", credentialsRef: { name: harbor-robot } }
                  sink: { file: { directory: \(folder.path)/catalogue } }
                ---
                apiVersion: v1
                kind: Secret
                metadata: { name: portal-webhook, namespace: kargo-demo }
                stringData: { webhook-secret: portal-secret }
                ---
                apiVersion: v1
                kind: Secret
                metadata: { name: harbor-robot, namespace: kargo-demo }
                stringData: { username: "\(HarborServer.username)", password: "\(password)" }
                """,
                to: "manifests/catalogue.yaml"
            )
            // It makes the outbox, as the service would.
            _ = try Command.webhookFCGI("check", "--config", "\(folder.path)/config.yaml")
            try await body(Place(folder: folder, harbor: harbor))
            try await harbor.stop()
        }
    }
}

extension Command {
    /// The JSON of a command that has to succeed.
    fileprivate func report() throws -> [String: Any] {
        let json = try JSONSerialization.jsonObject(with: Data(try succeeded().utf8))
        return json as? [String: Any] ?? [:]
    }
}
