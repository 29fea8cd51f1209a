// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// From an event of Harbor's to what a catalogue shows.
    @Suite struct CatalogueTests {
        private static let digest = "sha256:" + String(repeating: "1f", count: 32)
        private static let repository = "team-a/backend/api"
        private static let artifact = "\(repository)@\(digest)"

        private static func digest(_ number: Int) -> String {
            let end = String(number, radix: 16)
            return "sha256:" + String(repeating: "0", count: 64 - end.count) + end
        }

        private func fixture(_ name: String) throws -> [UInt8] {
            Array(try Checkout.read("Tests/HandlersTests/Fixtures/harbor/\(name).json").utf8)
        }

        /// Each event in both formats, and what is asked of Harbor for it at once: a pull is for later.
        private static let events: [(fixtures: [String], fetches: [String])] = [
            (["default-push-artifact", "cloudevents-artifact-pushed"], ["artifact", "repository"]),
            (["default-delete-artifact", "cloudevents-artifact-deleted"], ["artifact", "repository"]),
            (["default-scanning-completed", "cloudevents-scan-completed"], ["artifact"]),
            (["default-scanning-failed", "cloudevents-scan-failed"], ["artifact"]),
            (["default-scanning-stopped", "cloudevents-scan-stopped"], ["artifact"]),
            (["default-quota-exceed", "cloudevents-quota-exceeded"], ["project"]),
            (["default-quota-warning", "cloudevents-quota-warned"], ["project"]),
            (["default-replication", "cloudevents-replication-status-changed"], ["repository"]),
            (["default-tag-retention", "cloudevents-tag-retention-finished"], ["repository"]),
        ]

        @Test func `Every event in either format has its objects read anew and shown`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push("team-a/nginx")
                for (index, (fixtures, fetches)) in Self.events.enumerated() {
                    for (format, name) in fixtures.enumerated() {
                        // Something that only a new look at Harbor can tell.
                        catalogue.harbor.push(Self.artifact, tags: ["tag-\(index)-\(format)"], critical: 2)
                        catalogue.harbor.forgetCalls()
                        let reply = try catalogue.deliver(try fixture(name))
                        expect(reply, 200, #"{"msg":"updated \#(fetches.count) catalogue object(s)"}"#)
                        #expect(catalogue.fetches.sorted() == fetches.sorted(), "\(name)")
                        if fetches.contains("artifact") {
                            let entity = catalogue.entity("Artifact", Self.artifact)
                            #expect(entity.contains("tag-\(index)-\(format)"), "\(name): \(entity)")
                        }
                    }
                }
                #expect(
                    catalogue.entities() == [Self.artifact, Self.repository, "team-a", "team-a/nginx"],
                    "\(catalogue.site.log)"
                )
                // What has the same meaning and is the same delivery is one.
                let again = try catalogue.deliver(try fixture("default-push-artifact"))
                #expect(again.body.hasPrefix(#"{"msg":"duplicate of delivery 0"#))
                for name in ["default-replication-running", "default-replication-error"] {
                    let reply = try catalogue.deliver(try fixture(name))
                    #expect(reply.status == 200 && reply.body.contains("ignored REPLICATION"), "\(reply)")
                }
                try assertNothingSecret(catalogue)
            }
        }

        @Test func `A pull shows, although Harbor tells of it only some time after its event`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact)
                for (count, name) in ["default-pull-artifact", "cloudevents-artifact-pulled"].enumerated() {
                    catalogue.harbor.pull(Self.artifact)
                    let reply = try catalogue.deliver(try fixture(name))
                    expect(reply, 202, #"{"msg":"accepted update of 2 catalogue object(s)"}"#)
                    // What else is to be told of them does not wait for that.
                    catalogue.harbor.push(Self.artifact, tags: ["tag-\(count)"])
                    let push = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest)
                    expect(try catalogue.deliver(push), 200)
                    let entity = catalogue.entity("Artifact", Self.artifact)
                    #expect(
                        entity.contains("tag-\(count)") && entity.contains(#""pullTime": null"#),
                        "\(entity)"
                    )
                }
                #expect(
                    try Set(catalogue.pending().map(\.target)) == [
                        "kargo-demo/portal/\(Self.repository)//later",
                        "kargo-demo/portal/\(Self.artifact)//later",
                    ]
                )
                try await waitUntil("the last pull is shown: \(catalogue.site.log)") {
                    catalogue.entity("Repository", Self.repository).contains(#""pullCount": 2"#)
                        && catalogue.entity("Artifact", Self.artifact).contains(#""pullTime": "2026"#)
                }
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                let shown = try catalogue.site.command("deliveries").succeeded()
                #expect(shown.count(of: "PULL_ARTIFACT") == 2 && !shown.contains("pending"), "\(shown)")
            }
        }

        /// Neither in the log nor in what is kept.
        private func assertNothingSecret(_ catalogue: CatalogueSite) throws {
            let shown = catalogue.site.log + (try catalogue.site.command("deliveries").succeeded())
            for secret in [Secrets.portal, HarborServer.password, PortServer.clientSecret] {
                #expect(!shown.contains(secret))
            }
        }

        @Test func `The order of events does not matter, for Harbor says what is`() async throws {
            try await CatalogueSite.with { catalogue in
                // A push that comes when the artifact is gone again shows nothing.
                catalogue.harbor.push("team-a/x")
                try catalogue.deliver(Payload.harborEvent("PUSH_ARTIFACT", "team-a/x", Self.digest(1)))
                #expect(catalogue.entities() == ["team-a/x"])
                // A delete that comes late, when it was pushed once more, deletes nothing.
                catalogue.harbor.push("team-a/x@\(Self.digest(1))")
                try catalogue.deliver(Payload.harborEvent("DELETE_ARTIFACT", "team-a/x", Self.digest(1)))
                #expect(catalogue.entities() == ["team-a/x", "team-a/x@\(Self.digest(1))"])
                // The last one takes along its repository.
                catalogue.harbor.remove("team-a/x")
                try catalogue.deliver(Payload.harborEvent("DELETE_ARTIFACT", "team-a/x", Self.digest(1)))
                #expect(catalogue.entities() == [])
                // Once more is no failure.
                let reply = try catalogue.deliver(
                    Payload.harborEvent("DELETE_ARTIFACT", "team-a/x", Self.digest(1))
                )
                expect(reply, 200, #"{"msg":"updated 2 catalogue object(s)"}"#)
            }
        }

        @Test func `What an entity was called before goes when its mapping changes, or its selector`()
            async throws
        {
            func mapping(_ identifier: String, _ query: String) -> String {
                """
                mapping: { resources: [ { kind: artifact, selector: { query: '\(query)' }, port: { entity: { mappings: {
                    identifier: '\(identifier)', blueprint: '"image"' } } } } ] }
                """
            }
            try await CatalogueSite.with(more: mapping(".digest", "true")) { catalogue in
                let push = { Payload.harborEvent("PUSH_ARTIFACT", "team-a/x", Self.digest(1)) }
                catalogue.harbor.push("team-a/x@\(Self.digest(1))", tags: ["dev"])
                try catalogue.deliver(push())
                #expect(catalogue.entities() == [Self.digest(1)])
                func change(_ more: String) throws {
                    let text = CatalogueSite.manifest(catalogue.harbor, catalogue.port, .folder, more: more)
                    try catalogue.site.folder.write(text, to: "manifests/portal.yaml")
                }
                try change(mapping(".tags[0].name", "true"))
                try await waitUntil("the new mapping counts") {
                    try catalogue.deliver(push())
                    return catalogue.entities() == ["dev"]
                }
                try change(mapping(".tags[0].name", #".tags[0].name != "dev""#))
                try await waitUntil("the selector counts") {
                    try catalogue.deliver(push())
                    return catalogue.entities() == []
                }
            }
        }

        @Test func `While Harbor does not answer nothing is lost, and Warehouses do not wait`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.hold()
                // This one is confirmed, as soon as Harbor has answered.
                let first = try catalogue.site.nginx.connect()
                let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(1))
                try first.send(try catalogue.site.request(to: "portal", event))
                try await waitUntil("Harbor is asked") { catalogue.harbor.underWay.now > 0 }
                for number in 1...5 {
                    catalogue.harbor.push("\(Self.repository)@\(Self.digest(number))")
                    let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(number))
                    expect(
                        try catalogue.deliver(event),
                        202,
                        #"{"msg":"accepted update of 2 catalogue object(s)"}"#
                    )
                    expect(try catalogue.site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                }
                #expect(catalogue.entities() == [])
                #expect(
                    try catalogue.pending().contains { $0.target == "kargo-demo/portal/\(Self.repository)" }
                )
                catalogue.harbor.release()
                try await waitUntil("everything is shown: \(catalogue.entities())") {
                    catalogue.entities().count == 6
                }
                expect(try first.receive(), 200, #"{"msg":"updated 2 catalogue object(s)"}"#)
            }
        }

        @Test func `Receivers whose Harbor does not answer leave room for the others`() async throws {
            try await CatalogueSite.with(.folder, Setup(confirmTimeout: "0ms")) { catalogue in
                let silent = try await HarborServer()
                silent.hold()
                let names = (0..<12).map { "silent-\($0)" }
                for name in names {
                    let text = CatalogueSite.manifest(silent, catalogue.port, .folder)
                    let receiver = text.prefix(upTo: try #require(text.firstRange(of: "---")?.lowerBound))
                    try catalogue.site.folder.write(
                        String(receiver).replacing("name: portal,", with: "name: \(name),"),
                        to: "manifests/\(name).yaml"
                    )
                }
                let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository)
                for name in names {
                    try await waitUntil("'\(name)' takes deliveries") {
                        let rows = try catalogue.site.currentReceivers()
                        guard rows.contains(where: { $0.name == name }) else { return false }
                        let request = try catalogue.site.request(to: name, secret: Secrets.portal, event)
                        return try catalogue.site.nginx.exchange(request).status == 202
                    }
                }
                catalogue.harbor.push(Self.repository)
                expect(try catalogue.deliver(event), 202)
                try await waitUntil("the other one is shown") { !catalogue.entities().isEmpty }
                // Nor was anything put off for it.
                let pending = try catalogue.pending()
                #expect(pending.count == names.count && pending.allSatisfy { $0.lastError == nil })
                silent.release()
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                try await silent.stop()
            }
        }

        @Test func `While Harbor refuses nothing is lost`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact)
                catalogue.harbor.fail(.reply(502), times: 3)
                let reply = try catalogue.deliver(try fixture("default-push-artifact"))
                #expect([200, 202].contains(reply.status))
                try await waitUntil("everything is shown: \(catalogue.entities())") {
                    catalogue.entities() == [Self.artifact, Self.repository]
                }
            }
        }

        @Test func `While Harbor wants to be left alone it is, for what comes meanwhile, too`() async throws {
            try await CatalogueSite.with { catalogue in
                let text = catalogue.site.folder.read("manifests/portal.yaml")
                let other = text.prefix(upTo: try #require(text.range(of: "---")).lowerBound)
                    .replacing("name: portal,", with: "name: other,")
                    .replacing("../catalogue", with: "../other")
                try catalogue.site.folder.write(String(other), to: "manifests/other.yaml")
                for number in 1...3 { catalogue.harbor.push("\(Self.repository)@\(Self.digest(number))") }
                let event = { Payload.harborEvent("SCANNING_COMPLETED", Self.repository, Self.digest($0)) }
                func name(_ number: Int) -> String { String(Self.digest(number).suffix(64)) }
                func tellOther(_ body: [UInt8]) throws -> Int {
                    let request = try catalogue.site.request(to: "other", secret: Secrets.portal, body)
                    return try catalogue.site.nginx.exchange(request).status
                }
                try await waitUntil("the other receiver is there") {
                    try tellOther(event(3)) == 200
                }
                catalogue.harbor.fail(.reply(429, "", "Retry-After: 200\r\n"), at: name(1), times: 100)
                expect(try catalogue.deliver(event(1)), 202)
                try await waitUntil("it is refused") {
                    try catalogue.pending().contains { $0.lastError != nil }
                }
                expect(try catalogue.deliver(event(2)), 202)
                // Others are served, and that only.
                for tag in 1...3 {
                    catalogue.harbor.push("\(Self.repository)@\(Self.digest(3))", tags: ["\(tag)"])
                    let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(3))
                    #expect([200, 202].contains(try tellOther(event)))
                    try await waitUntil("the other one is served") {
                        try catalogue.pending().allSatisfy { $0.target.hasPrefix("kargo-demo/portal/") }
                    }
                }
                let paths = catalogue.harbor.calls.map(\.path)
                #expect(!paths.contains { $0.contains(name(2)) })
                #expect(paths.count { $0.contains(name(1)) } == 1)
                let waiting = try catalogue.pending()
                #expect(waiting.count == 2 && waiting.count { $0.lastError == nil } == 1)
            }
        }

        @Test func `While Port does not take anything nothing is lost, and it comes in bulk`() async throws {
            try await CatalogueSite.with(.port, Setup(confirmTimeout: "50ms")) { catalogue in
                let away = HTTPServer.Step.error(503, "unavailable", "later", "Retry-After: 1\r\n")
                catalogue.port.with { $0.answers = [away, away] }
                for number in 1...30 {
                    catalogue.harbor.push("\(Self.repository)@\(Self.digest(number))")
                    let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(number))
                    #expect([200, 202].contains(try catalogue.deliver(event).status))
                }
                try await waitUntil("everything is shown: \(catalogue.site.log)") {
                    catalogue.port.with { $0.entities["harborArtifact"]?.count } == 30
                }
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                #expect(catalogue.port.with { $0.mistakes } == [])
                #expect(
                    catalogue.port.with { $0.entities["harborRepository"]?.keys.sorted() } == [
                        Self.repository
                    ]
                )
                #expect(catalogue.port.with { $0.batches.count } < 30)
                catalogue.harbor.remove(Self.repository)
                try catalogue.deliver(Payload.harborEvent("DELETE_ARTIFACT", Self.repository, Self.digest(7)))
                try await waitUntil("what is gone is deleted") {
                    catalogue.port.with { port in
                        port.entities["harborRepository"]?.count == 0
                            && port.entities["harborArtifact"]?["\(Self.repository)@\(Self.digest(7))"] == nil
                    }
                }
                try assertNothingSecret(catalogue)
            }
        }

        @Test func `While neither Harbor nor Port is there nothing is lost`() async throws {
            try await CatalogueSite.with(.port, Setup(confirmTimeout: "50ms")) { catalogue in
                catalogue.harbor.fail(.close, times: 6)
                catalogue.port.with { $0.answers = [.close, .reply(502), .error(429, "busy", "later")] }
                for number in 1...5 {
                    catalogue.harbor.push("\(Self.repository)@\(Self.digest(number))")
                    let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(number))
                    expect(
                        try catalogue.deliver(event),
                        202,
                        #"{"msg":"accepted update of 2 catalogue object(s)"}"#
                    )
                }
                try await waitUntil("everything is shown: \(catalogue.site.log)") {
                    catalogue.port.with { $0.entities["harborArtifact"]?.count } == 5
                }
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                #expect(catalogue.port.with { $0.answers.isEmpty && $0.mistakes == [] })
            }
        }

        @Test func `An expression that fails for one object is null there, and in the log`() async throws {
            let mapping = """
                mapping: { resources: [ { kind: artifact, selector: { query: "true" }, port: { entity: { mappings: {
                    identifier: .__identifier, blueprint: '"harborArtifact"',
                    properties: { size: .size, tags: '.tags | ltrimstr("x") | .[0].name | tonumber' } } } } } ] }
                """
            try await CatalogueSite.with(more: mapping) { catalogue in
                for (number, tag) in [(1, "7"), (2, "latest")] {
                    let identifier = "team-a/x@\(Self.digest(number))"
                    catalogue.harbor.push(identifier, tags: [tag])
                    let event = Payload.harborEvent("SCANNING_COMPLETED", "team-a/x", Self.digest(number))
                    expect(try catalogue.deliver(event), 200, #"{"msg":"updated 1 catalogue object(s)"}"#)
                    let entity = catalogue.entity("Artifact", identifier)
                    #expect(entity.contains(#""size": 3084292"#), "\(entity)")
                    #expect(entity.contains(number == 1 ? #""tags": 7"# : #""tags": null"#), "\(entity)")
                }
                let log = catalogue.site.log
                #expect(log.count(of: "an expression of the mapping fails") == 1, "\(log)")
                #expect(log.contains("properties.tags object=team-a/x@\(Self.digest(2)) "), "\(log)")
            }
        }

        @Test
        func `However many events are about a repository, it is read once for those that come meanwhile`()
            async throws
        {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.hold()
                let first = try catalogue.site.nginx.connect()
                let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository)
                try first.send(try catalogue.site.request(to: "portal", event))
                try await waitUntil("Harbor is asked") { catalogue.harbor.underWay.now > 0 }
                for number in 1...20 {
                    catalogue.harbor.push("\(Self.repository)@\(Self.digest(number))")
                    // Its push, and what an index's scan says of each child, by any chance twice.
                    for type in ["PUSH_ARTIFACT", "SCANNING_COMPLETED", "SCANNING_COMPLETED"] {
                        let event = Payload.harborEvent(type, Self.repository, Self.digest(number))
                        expect(try catalogue.deliver(event), 202)
                    }
                }
                catalogue.harbor.release()
                try await waitUntil("everything is shown") { catalogue.entities().count == 21 }
                try await waitUntil("nothing is pending") { try catalogue.pending().isEmpty }
                #expect(catalogue.fetches.count { $0 == "repository" } == 2)
                #expect(catalogue.fetches.count { $0 == "artifact" } == 20)
                #expect(catalogue.harbor.underWay.most <= 4)
            }
        }

        @Test func `What was accepted is shown although the process is killed in between`() async throws {
            try await CatalogueSite.with(.folder, Setup(start: .forks(2), confirmTimeout: "0ms")) {
                catalogue in
                catalogue.harbor.hold()
                for number in 1...50 {
                    catalogue.harbor.push("\(Self.repository)@\(Self.digest(number))")
                    let event = Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest(number))
                    expect(try catalogue.deliver(event), 202)
                }
                try await waitUntil("Harbor is asked") { catalogue.harbor.underWay.now > 0 }
                catalogue.harbor.release()
                try await waitUntil("something is shown") { !catalogue.entities().isEmpty }
                // Whichever of the two it was that did that.
                kill(catalogue.site.responder.pids[0], SIGKILL)
                try await waitUntil("everything is shown: \(catalogue.entities().count)") {
                    catalogue.entities().count == 51
                }
                catalogue.harbor.remove(Self.repository)
                for number in 1...50 {
                    try catalogue.deliver(
                        Payload.harborEvent("DELETE_ARTIFACT", Self.repository, Self.digest(number))
                    )
                }
                try await waitUntil("all of it is gone: \(catalogue.entities())") {
                    catalogue.entities() == []
                }
            }
        }

        @Test func `A manifest that changes counts, and one that is gone ends what waits for it`()
            async throws
        {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact)
                try catalogue.deliver(try fixture("default-push-artifact"))
                #expect(catalogue.entities().count == 2)
                let text = CatalogueSite.manifest(catalogue.harbor, catalogue.port, .folder)
                let other = text.replacing("../catalogue", with: "../other")
                try catalogue.site.folder.write(other, to: "manifests/portal.yaml")
                try await waitUntil("it is written elsewhere") {
                    try catalogue.deliver(Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest))
                    return catalogue.entities(in: "other").count == 2
                }
                // One that cannot be used keeps what waits for it.
                catalogue.harbor.fail(.reply(500), times: 1000)
                let reply = try catalogue.deliver(
                    Payload.harborEvent("PUSH_ARTIFACT", Self.repository, Self.digest)
                )
                #expect([200, 202].contains(reply.status))
                let broken = text.replacing("name: harbor-robot }", with: "name: nobody }")
                try catalogue.site.folder.write(broken, to: "manifests/portal.yaml")
                try await waitUntil("it is not used", within: .seconds(20)) {
                    try catalogue.pending().contains { $0.lastError?.contains("cannot be used now") == true }
                }
                try catalogue.site.folder.write("# nothing", to: "manifests/portal.yaml")
                try await waitUntil("nothing waits any more: \(catalogue.site.log)", within: .seconds(20)) {
                    _ = try catalogue.site.command("outbox", "retry", "--all").succeeded()
                    return try catalogue.pending().isEmpty
                }
                let gone = try catalogue.site.command("deliveries", "--status", "gone").succeeded()
                #expect(gone.contains("kargo-demo/portal"))
                expect(try catalogue.deliver(Payload.harborEvent("PUSH_ARTIFACT", Self.repository)), 404)
            }
        }

        /// What keeps a catalogue from being used, and what is said of it.
        private static let obstacles: [(sound: String, broken: String, reason: String)] = [
            (
                "metadata: { name: harbor-robot,", "metadata: { name: harbor-robat,",
                "its Secret kargo-demo/harbor-robot is not there"
            ),
            ("password:", "passwort:", "Secret kargo-demo/harbor-robot has no key 'password'"),
            (
                "  sink:",
                """
                  mapping: { resources: [ { kind: artifact, selector: { query: '.a |' }, port: { entity: { mappings: {
                      identifier: .digest, blueprint: .digest } } } } ] }
                  sink:
                """, "the mapping's resources[0].selector.query"
            ),
            ("  sink:", "  snik:", "unknown key 'snik' in 'spec'"),
        ]

        @Test(arguments: obstacles)
        func `While a catalogue cannot be used its deliveries are taken, and shown once it can`(
            _ sound: String,
            _ broken: String,
            _ reason: String
        ) async throws {
            try await CatalogueSite.with(.folder, Setup(confirmTimeout: "50ms")) { catalogue in
                let site = catalogue.site
                let text = site.folder.read("manifests/portal.yaml")
                try site.folder.write(text.replacing(sound, with: broken), to: "manifests/portal.yaml")
                try await waitUntil("that counts") {
                    try site.health().body.contains("1 CatalogueReceiver(s) cannot be used")
                }
                catalogue.harbor.push(Self.artifact)
                let reply = try catalogue.deliver(try fixture("default-push-artifact"))
                expect(reply, 202, #"{"msg":"accepted update of 2 catalogue object(s)"}"#)
                try await waitUntil("it waits for that: \(site.log)") {
                    try catalogue.pending().allSatisfy { $0.lastError?.contains(reason) == true }
                }
                #expect(try catalogue.pending().count == 2 && catalogue.entities().isEmpty)
                // Wherever one looks, it is said.
                try site.folder.write(
                    String(decoding: try fixture("default-pull-artifact"), as: UTF8.self),
                    to: "payload.json"
                )
                let payload = "\(site.folder.path)/payload.json"
                #expect(try site.health().body.contains(reason))
                #expect(try site.status("/").body.contains("cannot be used"))
                #expect(try site.command("check").output.contains(reason))
                #expect(try site.command("receivers", "--output", "json").succeeded().contains(reason))
                let explanation = try site.command(
                    "explain",
                    "--receiver",
                    "kargo-demo/portal",
                    "--payload",
                    payload
                ).succeeded()
                #expect(explanation.contains("waits for   ") && explanation.contains(reason))
                let resync = try site.command("resync", "--receiver", "kargo-demo/portal")
                #expect(resync.status == .exited(1) && resync.errors.contains(reason))
                let metrics = try site.metrics()
                #expect(metrics["webhook_fcgi_snapshot_unusable_catalogues"] == 1)
                try site.folder.write(text, to: "manifests/portal.yaml")
                try await waitUntil("everything is shown: \(site.log)") {
                    catalogue.entities() == [Self.artifact, Self.repository]
                }
                try await waitUntil("nobody complains any more") {
                    try !site.health().body.contains("cannot be used")
                }
            }
        }

        @Test func `Commands know the receiver as any other`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact)
                let site = catalogue.site
                #expect(try site.command("receivers").succeeded().contains("/webhooks/catalogue/"))
                #expect(try site.command("nginx").succeeded().contains("# kargo-demo/portal (catalogue)"))
                #expect(try site.command("check").succeeded().contains("no problems"))
                let sent = try site.command(
                    "send",
                    "harbor",
                    "--receiver",
                    "kargo-demo/portal",
                    "--repository",
                    "registry.example.com/\(Self.repository)",
                    "--tag",
                    "1",
                    "--url",
                    "http://127.0.0.1:\(site.nginx.port)"
                ).succeeded()
                #expect(sent.contains("catalogue object(s)"))
                #expect(catalogue.entities() == [Self.repository])
                let shown = try site.command("deliveries").succeeded()
                #expect(shown.contains("kargo-demo/portal") && shown.contains("delivered"))
            }
        }

        @Test func `Every event can be sent by hand, in either format`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact)
                for (fixtures, fetches) in Self.events {
                    let payload = String(decoding: try fixture(fixtures[0]), as: UTF8.self)
                    let event = try #require(payload.firstMatch(of: /"type": "(\w+)"/)).1
                    for format in ["default", "cloudevents"] {
                        catalogue.harbor.forgetCalls()
                        let sent = try catalogue.site.command(
                            [
                                "send", "harbor", "--receiver", "kargo-demo/portal", "--event", "\(event)",
                                "--format", format, "--repository", "registry.example.com/\(Self.repository)",
                                "--digest",
                                Self.digest, "--url", "http://127.0.0.1:\(catalogue.site.nginx.port)",
                            ] + (format == "default" ? ["--tag", "1.4.2"] : [])
                        ).succeeded()
                        #expect(
                            sent.contains("updated \(fetches.count) catalogue object(s)"),
                            "\(event): \(sent)"
                        )
                        #expect(catalogue.fetches.sorted() == fetches.sorted(), "\(event)")
                    }
                    #expect(catalogue.site.log.count(of: " event=\(event) status=200 ") == 2, "\(event)")
                }
                #expect(catalogue.entities() == [Self.artifact, Self.repository, "team-a"])
            }
        }

        @Test func `The example shows images, and the repositories that they are in`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact, tags: ["1.4.2"], critical: 2)
                let site = catalogue.site
                let text = try Checkout.read("Examples/catalogue/portal.yaml")
                    .replacing("https://harbor.example.com", with: catalogue.harbor.url)
                    .replacing("t0p-s3cr3t", with: HarborServer.password)
                try site.folder.write(text, to: "manifests/portal.yaml")
                let mapping = try Checkout.read("Examples/catalogue/portal-mapping.yaml")
                try site.folder.write(mapping, to: "manifests/portal-mapping.yaml")
                let shown = try site.command(
                    "explain",
                    "--receiver",
                    "kargo-demo/portal",
                    "--payload",
                    "\(Checkout.path)/Examples/harbor-push.json"
                ).succeeded()
                for part in [
                    #""blueprint": "harborArtifact""#, #""title": "1.4.2""#, #""severity": "Critical""#,
                    #""repository": "\#(Self.repository)""#, #""blueprint": "harborRepository""#,
                    #""artifactCount": 1"#,
                ] { #expect(shown.contains(part), "\(part) in \(shown)") }
                #expect(!shown.contains("  problem "), "\(shown)")
            }
        }

        @Test func `What would be told is explained, and not told`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact, tags: ["1.4.2"], critical: 2)
                let site = catalogue.site
                try site.folder.write(
                    String(decoding: try fixture("default-push-artifact"), as: UTF8.self),
                    to: "payload.json"
                )
                func explain(_ more: String...) throws -> String {
                    let words = [
                        "explain", "--receiver", "kargo-demo/portal", "--payload",
                        "\(site.folder.path)/payload.json",
                    ]
                    return try site.command(words + more).succeeded()
                }
                let shown = try explain()
                for part in [
                    "event       PUSH_ARTIFACT", "artifact    \(Self.artifact)", "  harbor    has it",
                    "\"blueprint\": \"harborArtifact\"", "\"tags\": [\"1.4.2\"]",
                    "\"vulnerabilityCritical\": 2",
                    "repository  \(Self.repository)", "updated 2 catalogue object(s)",
                ] { #expect(shown.contains(part), "\(part) in \(shown)") }
                #expect(catalogue.entities() == [] && !shown.contains("delete  "))
                let json = try JSONSerialization.jsonObject(with: Data(try explain("--output", "json").utf8))
                let objects = (json as? [String: Any])?["catalogue"] as? [[String: Any]]
                let upserts = objects?.first?["upserts"] as? [[String: Any]]
                #expect(objects?.count == 2 && objects?.first?["harbor"] as? String == "found")
                #expect(upserts?.first?["identifier"] as? String == Self.artifact)
                #expect((upserts?.first?["properties"] as? [String: Any])?["size"] as? Int == 3_084_292)

                catalogue.harbor.forgetCalls()
                let offline = try explain("--offline")
                #expect(catalogue.harbor.calls.isEmpty)
                #expect(offline.contains("was not asked: this is what a delete would do"))
                #expect(offline.contains("  delete    harborArtifact \(Self.artifact)"))
                catalogue.harbor.fail(.reply(503), times: 1000)
                let unanswered = try explain()
                #expect(
                    unanswered.contains("Harbor answers 503") && unanswered.contains("what a delete would do")
                )
                #expect(!(shown + offline + unanswered).contains(HarborServer.password))
                #expect(catalogue.entities() == [])
            }
        }

        @Test func `The secret before it is accepted, and none is not`() async throws {
            try await CatalogueSite.with { catalogue in
                catalogue.harbor.push(Self.artifact)
                let text = catalogue.site.folder.read("manifests/portal.yaml").replacing(
                    "webhook-secret: \"\(Secrets.portal)\"",
                    with:
                        "webhook-secret: \"\(Secrets.mark)-new\", webhook-secret-previous: \"\(Secrets.portal)\""
                )
                try catalogue.site.folder.write(text, to: "manifests/portal.yaml")
                let old = { try catalogue.site.request(to: "portal", secret: Secrets.portal, $0) }
                let push = { Payload.harborEvent("PUSH_ARTIFACT", Self.repository) }
                try await waitUntil("the new one counts") {
                    let new = try catalogue.site.request(to: "portal", secret: "\(Secrets.mark)-new", push())
                    return try catalogue.site.nginx.exchange(new).status == 200
                }
                expect(try catalogue.site.nginx.exchange(try old(push())), 200)
                #expect(catalogue.site.log.contains(" previous_secret=true "))
                let path = try old(push()).path
                for headers in [[], [("Authorization", "")], [("Authorization", "\(Secrets.portal)x")]] {
                    let request = HTTPRequest(path: path, headers: headers, body: push())
                    expect(try catalogue.site.nginx.exchange(request), 401)
                }
            }
        }
    }
}
