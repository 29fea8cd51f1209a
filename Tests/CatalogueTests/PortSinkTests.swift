// SPDX-License-Identifier: Apache-2.0

import Catalogue
import HTTP
import Handlers
import TestSupport
import Testing

@Suite struct PortSinkTests {
    /// Entities of the default blueprint for repositories.
    private func entities(_ range: Range<Int>, padding: Int = 0) async throws -> [Entity] {
        let text = String(repeating: "x", count: padding)
        let mapping = try Mapping(
            MappingDefinition(resources: [
                .init(
                    kind: .repository,
                    identifier: ".__identifier",
                    blueprint: #""harborRepository""#,
                    properties: ["description": ".text"]
                )
            ])
        )
        var entities: [Entity] = []
        for number in range {
            let object = Array(#"{"__identifier":"a/r\#(number)","text":"\#(text)"}"#.utf8)
            entities += try await mapping.map(.repository, object).entities
        }
        return entities
    }

    private func withServer(_ body: (PortServer) async throws -> Void) async throws {
        let server = try await PortServer()
        try await body(server)
        #expect(server.with { $0.mistakes } == [])
        try await server.stop()
    }

    private func entity(_ blueprint: String, _ identifier: String) -> Entity {
        Entity(Entity.Key(blueprint: blueprint, identifier: identifier))
    }

    @Test func `Upserts go in twenties, deletes in hundreds`() async throws {
        try await withServer { server in
            let sink = try server.sink()
            let entities = try await entities(0..<45)
            #expect(await sink.upsert(entities).isEmpty)
            #expect(server.with { $0.entities["harborRepository"]?.count } == 45)
            let keys = (0..<230).map { Entity.Key(blueprint: "harborRepository", identifier: "a/r\($0)") }
            #expect(await sink.delete(keys, withDependents: true).isEmpty)
            #expect(server.with { $0.entities["harborRepository"]?.isEmpty } == true)
            #expect(server.with { $0.batches } == [20, 20, 5, 100, 100, 30])
            #expect(server.with { $0.tokenCount } == 1)
        }
    }

    @Test func `An entity arrives with all that it has`() async throws {
        try await withServer { server in
            let mapped = try await Mapping(.standard).map(.artifact, try fixture("artifact-clean"))
            #expect(try await server.sink().upsert(mapped.entities).isEmpty)
            let identifier = try #require(mapped.entities.first).key.identifier
            let text = server.with { $0.entities["harborArtifact"]?[identifier] } ?? ""
            #expect(text.contains(#""relations":{"project":"team-a","repository":"team-a\/charts\/api"}"#))
            #expect(text.contains(#""vulnerabilityTotal":0"#) && text.contains(#""pullTime":null"#))
        }
    }

    @Test func `What depends on an entity goes with it only where that is asked for`() async throws {
        try await withServer { server in
            let sink = try server.sink()
            let mapping = try Mapping(.standard)
            let artifact = try await mapping.map(.artifact, try fixture("artifact-clean")).entities
            let project = [Entity.Key(blueprint: "harborProject", identifier: "team-a")]
            let before = ["harborArtifact": 1, "harborProject": 1, "harborRepository": 1]
            func counts() -> [String: Int] { server.with { $0.entities.mapValues(\.count) } }
            #expect(await sink.upsert(artifact).isEmpty)
            #expect(counts() == before)
            #expect(await sink.delete(project, withDependents: false).isEmpty)
            #expect(counts() == before.merging(["harborProject": 0]) { $1 })
            #expect(await sink.upsert(artifact).isEmpty)
            #expect(counts() == before)
            #expect(await sink.delete(project, withDependents: true).isEmpty)
            // Port has made the repository for the artifact's sake, and knows of no project that it is in.
            #expect(counts() == before.mapValues { $0 - 1 }.merging(["harborRepository": 1]) { $1 })
        }
    }

    @Test func `A call has no more than 1 MiB`() async throws {
        try await withServer { server in
            let entities = try await entities(0..<12, padding: 200_000)
            #expect(try await server.sink().upsert(entities).isEmpty)
            #expect(server.with { $0.batches } == [5, 5, 2])
        }
    }

    @Test func `What is still too large for Port is halved, and one alone is given up`() async throws {
        try await withServer { server in
            server.with { $0.answers = [.error(413, "too_large", "too large"), .error(413, "x", "x")] }
            #expect(try await server.sink().upsert(try await entities(0..<8)).isEmpty)
            #expect(server.with { $0.batches } == [2, 2, 4])
            server.with { $0.answers = [.error(413, "too_large", "too large")] }
            let failures = try await server.sink().upsert(entities(0..<1))
            #expect(failures[0]?.isForever == true)
        }
    }

    @Test func `One that no call can take is given up, and the others arrive`() async throws {
        try await withServer { server in
            let normal = try await entities(0..<2)
            let value = try #require(
                try await entities(0..<1, padding: 600_000).first?.properties["description"]
            )
            let large = Entity(
                Entity.Key(blueprint: "harborRepository", identifier: "large"),
                properties: ["description": value, "artifactCount": value]
            )
            let failures = try await server.sink().upsert([normal[0], large, normal[1]])
            #expect(failures.keys.sorted() == [1] && failures[1]?.isForever == true)
            #expect(
                failures[1]?.description.hasPrefix("'large' of blueprint 'harborRepository' is larger")
                    == true
            )
            #expect(server.with { $0.entities["harborRepository"]?.count } == 2)
        }
    }

    @Test func `Of a call in which some fail the others have arrived`() async throws {
        try await withServer { server in
            var all = try await entities(0..<3)
            let value = try #require(all[0].properties["description"])
            all[1] = Entity(all[1].key, properties: ["unheard": value])
            let failures = try await server.sink().upsert(all)
            #expect(failures.keys.sorted() == [1])
            #expect(failures[1]?.isForever == false)
            let text = failures[1]?.description ?? ""
            #expect(text.contains("'a/r1' of blueprint 'harborRepository' with 422"))
            #expect(text.contains(#"the property "unheard" is not in the schema"#))
            #expect(server.with { $0.entities["harborRepository"]?.keys.sorted() } == ["a/r0", "a/r2"])
        }
    }

    @Test(arguments: [
        (#"{"errors":[{"identifier":"a/r1","index":0,"statusCode":422}]}"#, [1]),
        (#"{"errors":[{"identifier":"a/r2","statusCode":422}]}"#, [2]),
        (#"{"errors":[{"index":2,"statusCode":500}]}"#, [2]),
        (#"{"errors":[{"index":7,"message":"no"}]}"#, [0, 1, 2]),
        ("not JSON", [0, 1, 2]), ("", [0, 1, 2]), (#"{"ok":true}"#, []),
    ])
    func `What cannot be told apart has failed together`(_ body: String, _ failed: [Int]) async throws {
        try await withServer { server in
            server.with { $0.answers = [.reply(207, body)] }
            let failures = try await server.sink().upsert(entities(0..<3))
            #expect(failures.keys.sorted() == failed)
            #expect(failures.values.allSatisfy { !$0.isForever })
        }
    }

    @Test func `A blueprint that is not there holds up its own entities, until it is`() async throws {
        try await withServer { server in
            let sink = try server.sink()
            let own = [entity("harborProject", "a"), entity("team", "b"), entity("harborProject", "c")]
            let failures = await sink.upsert(own)
            #expect(failures.keys.sorted() == [1] && failures[1]?.isForever == false)
            #expect(failures[1]?.description.contains("where there is no blueprint 'team' make it") == true)
            server.with { $0.blueprints["team"] = Blueprint("team") }
            #expect(await sink.upsert([own[1]]).isEmpty)
        }
    }

    @Test func `One that spoils a whole call is found by smaller ones`() async throws {
        try await withServer { server in
            let refusal = HTTPServer.Step.error(422, "invalid_request", "identifier is not valid")
            server.with { $0.answers = [refusal, refusal, refusal] }
            let failures = try await server.sink().upsert(entities(0..<4))
            #expect(failures.keys.sorted() == [0])
            #expect(failures[0]?.description.contains("identifier is not valid; let the mapping") == true)
            #expect(server.with { $0.batches } == [1, 2])
        }
    }

    @Test func `What is not there is deleted, if it is Port that says so`() async throws {
        try await withServer { server in
            let keys = (0..<2).map { Entity.Key(blueprint: "gone", identifier: "\($0)") }
            #expect(try await server.sink().delete(keys, withDependents: true).isEmpty)
            server.with { $0.answers = [.reply(404, "<html>")] }
            let failures = try await server.sink().delete(keys, withDependents: true)
            #expect(failures.count == 2 && failures.values.allSatisfy { !$0.isForever })
        }
    }

    @Test(arguments: [
        (429, "Retry-After: 7\r\n", Duration.seconds(7)), (429, "x-ratelimit-reset: 11\r\n", .seconds(11)),
        (503, "Retry-After: 3\r\n", .seconds(3)), (408, "", nil),
    ])
    func `Where Port has too much to do nothing more is sent, for as long as it says`(
        _ status: Int,
        _ header: String,
        _ wait: Duration?
    ) async throws {
        try await withServer { server in
            server.with { $0.answers = [.error(status, "busy", "later", header)] }
            let failures = try await server.sink().upsert(entities(0..<45))
            #expect(failures.count == 45)
            #expect(failures.values.allSatisfy { $0.retryAfter == wait && !$0.isForever })
            #expect(server.with { $0.batches } == [])
        }
    }

    @Test(arguments: [500, 502, 504, 403, 418])
    func `Any other failure is its call's alone, and is tried again`(_ status: Int) async throws {
        try await withServer { server in
            server.with { $0.answers = [.reply(status, "")] }
            let failures = try await server.sink().upsert(entities(0..<45))
            #expect(failures.keys.sorted() == Array(0..<20))
            #expect(failures.values.allSatisfy { !$0.isForever })
        }
    }

    @Test func `A Port that is away has not taken anything`() async throws {
        try await withServer { server in
            let sink = try server.sink()
            #expect(await sink.upsert(try await entities(0..<1)).isEmpty)
            server.with { $0.answers = [.close] }
            let failures = await sink.upsert(try await entities(0..<2))
            #expect(failures.count == 2)
            #expect(failures[0]?.description.hasPrefix("Port cannot be reached: ") == true)
            #expect(failures.values.allSatisfy { !$0.isForever })
        }
    }

    @Test func `A token is renewed before it expires`() async throws {
        try await withServer { server in
            let sink = try server.sink()
            for (wait, tokens) in [(0, 1), (10739, 1), (2, 2), (10000, 2), (800, 3)] {
                server.with { $0.now += .seconds(wait) }
                #expect(await sink.upsert([entity("harborProject", "a")]).isEmpty)
                #expect(server.with { $0.tokenCount } == tokens)
            }
            #expect(server.requests.count == 5 + 3, "none was refused")
        }
    }

    @Test func `A token that is refused is renewed once`() async throws {
        try await withServer { server in
            let sink = try server.sink()
            #expect(await sink.upsert([entity("harborProject", "a")]).isEmpty)
            server.with { $0.tokens = [:] }
            #expect(await sink.upsert([entity("harborProject", "b")]).isEmpty)
            #expect(server.with { $0.tokenCount } == 2)
            server.with { $0.answers = [.reply(401), .reply(401)] }
            let failures = await sink.upsert([entity("harborProject", "c")])
            #expect(failures[0]?.description.contains("it refuses a token that it has just given") == true)
            #expect(server.with { $0.tokenCount } == 3)
        }
    }

    @Test func `However many calls wait for a token, it is asked for once`() async throws {
        try await withServer { server in
            let sink = try server.sink()
            for round in 1...3 {
                await withTaskGroup(of: Int.self) { group in
                    for number in 0..<30 {
                        group.addTask { await sink.upsert([entity("harborProject", "\(number)")]).count }
                    }
                    for await failures in group { #expect(failures == 0) }
                }
                #expect(server.with { $0.tokenCount } == round)
                server.with { $0.tokens = [:] }
            }
        }
    }

    @Test func `Wrong credentials are said, and not shown`() async throws {
        try await withServer { server in
            let failures = try await server.sink(secret: "not-the-secret").upsert([
                entity("harborProject", "a")
            ])
            let text = failures[0]?.description ?? ""
            #expect(text.contains("was answered with 401: check client-id, client-secret and the URL"))
            #expect(
                !text.contains("secret\"") && !text.contains("not-the-secret")
                    && !text.contains("port-secret")
            )
            #expect(failures[0]?.isForever == false)
        }
    }

    @Test func `Nothing to send is no call`() async throws {
        try await withServer { server in
            let failures = try await server.sink().upsert([])
            #expect(failures.isEmpty && server.requests.isEmpty)
        }
    }
}
