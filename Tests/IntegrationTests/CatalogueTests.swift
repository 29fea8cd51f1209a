// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

extension IntegrationTests {
    /// From an event of Harbor's to what a catalogue shows.
    @Suite struct CatalogueTests: CatalogueSamples {
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
                // A delivery that has a name comes once. Of one without nobody can say that it is the same: Harbor tells.
                let again = try catalogue.deliver(try fixture("cloudevents-artifact-pushed"))
                #expect(again.body.hasPrefix(#"{"msg":"duplicate of delivery 0"#))
                catalogue.harbor.push(Self.artifact, tags: ["again"])
                expect(
                    try catalogue.deliver(try fixture("default-push-artifact")),
                    200,
                    #"{"msg":"updated 2 catalogue object(s)"}"#
                )
                #expect(catalogue.entity("Artifact", Self.artifact).contains("again"))
                for name in ["default-replication-running", "default-replication-error"] {
                    let reply = try catalogue.deliver(try fixture(name))
                    #expect(reply.status == 200 && reply.body.contains("ignored REPLICATION"), "\(reply)")
                }
                try catalogue.assertNothingSecret()
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
    }
}
