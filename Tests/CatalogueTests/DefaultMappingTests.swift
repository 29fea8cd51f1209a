// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import Handlers
import TestSupport
import Testing
import Yams

@Suite struct DefaultMappingTests {
    struct Example: Sendable {
        let fixture: String
        let kind: CatalogueObject.Kind
        let key: Entity.Key
        let title: String
        let properties: [String: String]
        let relations: [String: String]
    }

    private static func artifact(
        _ fixture: String,
        _ repository: String,
        _ letters: String,
        title: String,
        _ properties: [String: String]
    ) -> Example {
        let digest = "sha256:\(String(repeating: letters, count: 32))"
        let identifier = "team-a/\(repository)@\(digest)"
        return Example(
            fixture: fixture,
            kind: .artifact,
            key: Entity.Key(blueprint: "harborArtifact", identifier: identifier),
            title: title,
            properties: properties.merging(["digest": "\"\(digest)\""]) { $1 },
            relations: ["project": #""team-a""#, "repository": "\"team-a/\(repository)\""]
        )
    }

    static let examples = [
        Example(
            fixture: "project",
            kind: .project,
            key: Entity.Key(blueprint: "harborProject", identifier: "team-a"),
            title: "team-a",
            properties: [
                "ownerName": #""alice""#, "public": "true", "repoCount": "9",
                "creationTime": #""2025-10-01T00:00:00.000Z""#, "updateTime": #""2025-12-01T00:00:00.000Z""#,
            ],
            relations: [:]
        ),
        Example(
            fixture: "repository",
            kind: .repository,
            key: Entity.Key(blueprint: "harborRepository", identifier: "team-a/backend/api"),
            title: "backend/api",
            properties: [
                "description": #""The API of team A""#, "artifactCount": "12", "pullCount": "314",
                "creationTime": #""2025-11-01T00:00:00.000Z""#, "updateTime": #""2026-01-01T00:00:00.271Z""#,
            ],
            relations: ["project": #""team-a""#]
        ),
        artifact(
            "artifact",
            "backend/api",
            "1f",
            title: "backend/api:1.4.2",
            [
                "type": #""IMAGE""#, "size": "61234567", "tags": #"["1.4.2","latest"]"#,
                "pushTime": #""2026-01-01T00:00:00.271Z""#, "pullTime": #""2026-01-01T08:30:00.123Z""#,
                "scanStatus": #""Success""#, "severity": #""Critical""#, "vulnerabilityCritical": "1",
                "vulnerabilityHigh": "2", "vulnerabilityMedium": "0", "vulnerabilityLow": "40",
                "vulnerabilityTotal": "44",
            ]
        ),
        // No tags, never pulled, and the scan failed.
        artifact(
            "artifact-untagged",
            "backend/api",
            "2e",
            title: "backend/api",
            [
                "type": #""IMAGE""#, "size": "3221225472", "tags": "[]",
                "pushTime": #""2026-01-01T00:00:01.000Z""#, "pullTime": "null", "scanStatus": #""Error""#,
                "severity": "null", "vulnerabilityCritical": "null", "vulnerabilityHigh": "null",
                "vulnerabilityMedium": "null", "vulnerabilityLow": "null", "vulnerabilityTotal": "null",
            ]
        ),
        // The scan found nothing.
        artifact(
            "artifact-clean",
            "charts/api",
            "3d",
            title: "charts/api",
            [
                "type": #""CHART""#, "size": "4096", "tags": "[]", "pushTime": #""2026-01-01T00:00:02.000Z""#,
                "pullTime": "null", "scanStatus": #""Success""#, "severity": #""None""#,
                "vulnerabilityCritical": "0", "vulnerabilityHigh": "0", "vulnerabilityMedium": "0",
                "vulnerabilityLow": "0", "vulnerabilityTotal": "0",
            ]
        ),
        // There was no scan.
        artifact(
            "artifact-unscanned",
            "backend/api",
            "4c",
            title: "backend/api:edge",
            [
                "type": #""IMAGE""#, "size": "512", "tags": #"["edge"]"#,
                "pushTime": #""2026-01-01T00:00:03.000Z""#, "pullTime": "null", "scanStatus": "null",
                "severity": "null", "vulnerabilityCritical": "null", "vulnerabilityHigh": "null",
                "vulnerabilityMedium": "null", "vulnerabilityLow": "null", "vulnerabilityTotal": "null",
            ]
        ),
    ]

    @Test(arguments: examples)
    func `Every property of an object comes from where Harbor has it`(_ example: Example) async throws {
        let mapped = try await Mapping(.standard).map(example.kind, try fixture(example.fixture))
        #expect(mapped.problems.isEmpty && mapped.deletes.isEmpty && mapped.isComplete)
        let entity = try #require(mapped.entities.first)
        #expect(mapped.entities.count == 1)
        #expect(entity.key == example.key)
        #expect(entity.title == example.title)
        #expect(entity.properties.texts == example.properties)
        #expect(entity.relations.texts == example.relations)
    }

    @Test(arguments: examples)
    func `What is gone has the identifier that it had`(_ example: Example) async throws {
        let stub = Array("{\"__identifier\":\"\(example.key.identifier)\"}".utf8)
        let mapped = try await Mapping(.standard).keys(example.kind, stub)
        #expect(mapped.deletes == [example.key] && mapped.entities.isEmpty && mapped.isComplete)
    }

    @Test func `The mapping to begin with is the one that counts without it`() throws {
        let text = try Checkout.read("deploy/port/mapping.yaml")
        #expect(try YAMLDecoder().decode(MappingDefinition.self, from: text) == .standard)
    }

    @Test func `The blueprints have what the mapping gives them, in the type that it has`() async throws {
        let blueprints = try Blueprint.all()
        #expect(blueprints.map(\.identifier) == ["harborProject", "harborRepository", "harborArtifact"])
        for (blueprint, resource) in zip(blueprints, MappingDefinition.standard.resources) {
            #expect(resource.blueprint == "\"\(blueprint.identifier)\"")
            #expect(Set(blueprint.schema.properties.keys) == Set(resource.properties.keys))
            #expect(Set(blueprint.relations.keys) == Set(resource.relations.keys))
        }
        for example in Self.examples {
            let blueprint = try #require(blueprints.first { $0.identifier == example.key.blueprint })
            for (name, text) in example.properties where text != "null" {
                #expect(blueprint.schema.properties[name]?.takes(text) == true, "\(name) \(text)")
            }
            for name in example.relations.keys {
                let target = blueprint.relations[name]?.target
                #expect(target == (name == "project" ? "harborProject" : "harborRepository"))
            }
        }
    }
}
