// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// CatalogueReceivers that change, or cannot be used.
    @Suite struct CatalogueChangeTests: CatalogueSamples {
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
                #expect(explanation.contains("reply       202 "))
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
