// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// Catalogues on the command line.
    @Suite struct CatalogueCommandTests: CatalogueSamples {
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
                try site.folder.write(
                    String(decoding: try fixture("default-pull-artifact"), as: UTF8.self),
                    to: "pull.json"
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

                // A pull is not waited for.
                let pull = try explain("--payload", "\(site.folder.path)/pull.json")
                #expect(
                    pull.contains("reply       202 ") && pull.contains("accepted update of 2 "),
                    "\(pull)"
                )

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
    }
}
