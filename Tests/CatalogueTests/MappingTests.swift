// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import Handlers
import Testing
import Yams

@Suite struct MappingTests {
    private let object = Array(
        #"{"__identifier":"a/b@sha256:1","__project":"a","n":null,"size":1,"tags":["x"],"big":9007199254740993}"#
            .utf8
    )

    private func map(_ definition: MappingDefinition) async throws -> Mapped {
        try await Mapping(definition).map(.artifact, object)
    }

    private let key = Entity.Key(blueprint: "harborArtifact", identifier: "a/b@sha256:1")

    @Test func `What fails for one object is null, reported, and no matter of the others`() async throws {
        let mapped = try await map(.artifacts(["bad": ".size.x", "good": ".size", "none": "empty"]))
        #expect(mapped.isComplete && mapped.deletes.isEmpty)
        #expect(mapped.entities.first?.properties.texts == ["bad": "null", "good": "1", "none": "null"])
        #expect(
            mapped.problems.map(\.description) == [
                #"resources[0].port.entity.mappings.properties.bad: Cannot index number with string "x""#
            ]
        )
    }

    @Test(arguments: [
        (".size | error", nil, nil, "resources[0].selector.query"),
        ("true", ".size.x", nil, "resources[0].port.entity.mappings.identifier"),
        ("true", ".size", nil, "resources[0].port.entity.mappings.identifier"),
        ("true", #""""#, nil, "resources[0].port.entity.mappings.identifier"),
        ("true", "empty", nil, "resources[0].port.entity.mappings.identifier"),
        ("true", nil, ".n", "resources[0].port.entity.mappings.blueprint"),
    ])
    func `Where it cannot be told which entity it is, there is none and nothing is deleted`(
        _ query: String,
        _ identifier: String?,
        _ blueprint: String?,
        _ path: String
    ) async throws {
        let first = MappingDefinition.artifacts(
            query: query,
            identifier: identifier ?? ".__identifier",
            blueprint: blueprint ?? #""x""#
        )
        let other = MappingDefinition.artifacts(query: "false")
        let mapped = try await map(MappingDefinition(resources: first.resources + other.resources))
        #expect(mapped.entities.isEmpty && mapped.deletes.isEmpty && !mapped.isComplete)
        #expect(mapped.problems.map(\.path) == [path])
    }

    @Test(arguments: ["false", "null", #""true""#, "1", "empty", ".missing"])
    func `What a selector does not call true is deleted`(_ query: String) async throws {
        let mapped = try await map(.artifacts(query: query))
        #expect(mapped.entities.isEmpty && mapped.deletes == [key] && mapped.isComplete)
    }

    @Test(arguments: ["error", "null", ".tags[0].name"])
    func `What a selector does not call true need not have an identifier`(_ identifier: String) async throws {
        let mapped = try await map(.artifacts(query: "false", identifier: identifier))
        #expect(mapped.entities.isEmpty && mapped.deletes.isEmpty)
        #expect(mapped.isComplete && mapped.problems.isEmpty)
    }

    @Test func `Two resources of a kind make two entities, or say two things of one`() async throws {
        let first = MappingDefinition.artifacts(["a": "1", "b": "2"], title: #""one""#).resources
        let same = MappingDefinition.artifacts(["b": "3"]).resources
        let other = MappingDefinition.artifacts(["c": "4"], blueprint: #""image""#).resources
        let never = MappingDefinition.artifacts(query: "false").resources
        let mapped = try await map(MappingDefinition(resources: never + first + same + other))
        #expect(mapped.entities.map(\.key.blueprint) == ["harborArtifact", "image"])
        #expect(mapped.entities.first?.properties.texts == ["a": "1", "b": "3"])
        #expect(mapped.entities.first?.title == "one")
        #expect(mapped.deletes.isEmpty, "another resource has it")
    }

    @Test func `Resources of another kind have no say`() async throws {
        let mapped = try await Mapping(.standard).map(.repository, try fixture("repository"))
        #expect(mapped.entities.map(\.key.blueprint) == ["harborRepository"])
    }

    @Test(arguments: [
        (#""x""#, #""x""#, 0), (#"["x","y"]"#, #"["x","y"]"#, 0), ("null", "null", 0), ("[]", "[]", 0),
        ("1", "null", 1), ("[1]", "null", 1), ("{}", "null", 1), ("empty", "null", 0), ("error", "null", 1),
    ])
    func `A relation is a text, texts or null`(
        _ expression: String,
        _ value: String,
        _ problems: Int
    ) async throws {
        let mapped = try await map(.artifacts(relations: ["r": expression]))
        #expect(mapped.entities.first?.relations.texts == ["r": value])
        #expect(mapped.problems.count == problems)
    }

    @Test(arguments: [(".tags[0]", "x", 0), (".n", nil, 0), (".size", nil, 1)])
    func `A title is a text or left out`(
        _ expression: String,
        _ title: String?,
        _ problems: Int
    ) async throws {
        let mapped = try await map(.artifacts(title: expression))
        #expect(mapped.entities.first?.title == title)
        #expect(mapped.problems.count == problems)
    }

    @Test func `Numbers above 2^53 are as near as a double comes`() async throws {
        let mapped = try await map(.artifacts(["big": ".big"]))
        #expect(mapped.entities.first?.properties.texts == ["big": "9007199254740992"])
    }

    @Test(arguments: ["", "{", "{} {}"])
    func `What is no JSON is no entity, and deletes nothing`(_ text: String) async throws {
        let mapped = try await Mapping(.standard).map(.artifact, Array(text.utf8))
        #expect(mapped.entities.isEmpty && mapped.deletes.isEmpty && !mapped.isComplete)
        #expect(!mapped.problems.isEmpty)
    }

    @Test func `Every expression that does not compile is told, with where it stands`() throws {
        let definition = MappingDefinition.artifacts(
            ["good": ".size", "size": ".a b", "unknown": "nothing_of_jq"],
            relations: ["r": ".a) + (.b"]
        )
        let error = #expect(throws: MappingError.self) { try Mapping(definition) }
        #expect(error?.code == .invalid)
        let mappings = "resources[0].port.entity.mappings"
        #expect(
            error?.problems.map(\.description) == [
                "\(mappings).properties.size: syntax error, unexpected IDENT, expecting $end",
                "\(mappings).properties.unknown: nothing_of_jq/0 is not defined",
                "\(mappings).relations.r: syntax error, unexpected INVALID_CHARACTER, expecting $end",
            ]
        )
    }

    @Test func `A mapping of more expressions than anybody writes is refused`() throws {
        func mapping(_ count: Int) throws -> Mapping {
            // With the selector, the identifier and the blueprint.
            try Mapping(.artifacts(Dictionary(uniqueKeysWithValues: (3..<count).map { ("p\($0)", "1") })))
        }
        #expect(throws: Never.self) { try mapping(300) }
        let error = #expect(throws: MappingError.self) { try mapping(301) }
        let message = "resources: there are 301 expressions in all, and 300 may be: leave some out"
        #expect(error?.code == .invalid && error?.description == message)
    }

    @Test(arguments: ["", " \n", ".a\0"])
    func `An expression that is none is refused`(_ text: String) throws {
        let error = #expect(throws: MappingError.self) { try Mapping(.artifacts(["p": text])) }
        #expect(error?.problems.map(\.path) == ["resources[0].port.entity.mappings.properties.p"])
    }

    @Test(arguments: [
        (
            "kind: image", "kind: artifact",
            "there is no kind 'image': there are project, repository, artifact"
        ),
        (
            "titel: .x", "title: .x",
            "unknown key 'titel': known here are identifier, title, blueprint, properties, relations"
        ),
        ("queri: x", #"query: "true""#, "unknown key 'queri': known here are query"),
        (
            "enableMergeEntity: false", "enableMergeEntity: true",
            "enableMergeEntity is always true here: leave it out"
        ),
    ])
    func `A key that would not count is refused`(
        _ wrong: String,
        _ right: String,
        _ message: String
    ) throws {
        let text = """
            enableMergeEntity: true
            resources:
              - kind: artifact
                selector: { query: "true" }
                port: { entity: { mappings: { identifier: .x, title: .x, blueprint: .y, properties: {} } } }
            """
        let decoder = YAMLDecoder()
        #expect(throws: Never.self) { try decoder.decode(MappingDefinition.self, from: text) }
        let broken = text.replacing(right, with: wrong)
        #expect(broken != text)
        let error = #expect(throws: DecodingError.self) {
            try decoder.decode(MappingDefinition.self, from: broken)
        }
        guard case .dataCorrupted(let context) = error else { return #expect(Bool(false), "\(error as Any)") }
        #expect(context.debugDescription == message)
    }

    @Test func `An entity's document has a line for each property`() async throws {
        let definition = MappingDefinition.artifacts(
            ["b": ".tags", "a": #""\"\\\n""#],
            title: #""a\u0007\"""#,
            relations: ["project": ".__project"]
        )
        let document = try #require(try await map(definition).entities.first).document
        #expect(
            document == #"""
                {
                  "blueprint": "harborArtifact",
                  "identifier": "a/b@sha256:1",
                  "title": "a\u0007\"",
                  "properties": {
                    "a": "\"\\\n",
                    "b": ["x"]
                  },
                  "relations": {
                    "project": "a"
                  }
                }

                """#
        )
        #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(document.utf8)) }
    }
}
