// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import HTTP
import Handlers
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Catalogue

/// What a catalogue is told of objects, in every order in which that can come about.
@Suite struct CatalogueTests {
    private static let digest = "sha256:" + String(repeating: "1f", count: 32)

    /// A sink and a memory that say what came to them, in order.
    private final class World: EntitySink, EntityLedger {
        struct State {
            var entities: [Entity.Key: Entity] = [:]
            var entries: [Entity.Key: CatalogueObject] = [:]
            var refusals: Set<String> = []
            var isMemoryBroken = false
            var isHanging = false
            var steps: [String] = []
        }

        let state = NIOLockedValueBox(State())

        func upsert(_ entities: [Entity]) async -> [Int: CatalogueFailure] {
            if state.withLockedValue({ $0.isHanging }) {
                // Only the end of the task is the end of it.
                while !Task.isCancelled { try? await Task.sleep(for: .seconds(3600)) }
                return [entities.count - 1: CatalogueFailure("hung")]
            }
            return each(entities.map(\.key), "upsert") { state, index in
                state.entities[entities[index].key] = entities[index]
            }
        }

        func delete(_ keys: [Entity.Key], withDependents: Bool) async -> [Int: CatalogueFailure] {
            each(keys, withDependents ? "delete" : "delete alone") { state, index in
                state.entities[keys[index]] = nil
            }
        }

        private func each(
            _ keys: [Entity.Key],
            _ step: String,
            _ body: (inout State, Int) -> Void
        ) -> [Int: CatalogueFailure] {
            state.withLockedValue { state in
                state.steps.append("\(step) \(keys.map(\.identifier).sorted())")
                var failures: [Int: CatalogueFailure] = [:]
                for (index, key) in keys.enumerated() {
                    if state.refusals.contains(key.identifier) {
                        failures[index] = CatalogueFailure("refused")
                    } else {
                        body(&state, index)
                    }
                }
                return failures
            }
        }

        func remember(_ entities: [LedgerEntry]) throws(CatalogueFailure) {
            let isBroken = state.withLockedValue { state in
                if !state.isMemoryBroken { for entry in entities { state.entries[entry.key] = entry.object } }
                return state.isMemoryBroken
            }
            if isBroken { throw CatalogueFailure("broken") }
        }

        func entities(of objects: [CatalogueObject]) -> [LedgerEntry] {
            state.withLockedValue { state in
                state.entries.filter { objects.contains($0.value) }.map {
                    LedgerEntry($0.key, from: $0.value)
                }
            }
        }

        func known(among keys: [Entity.Key]) -> Set<Entity.Key> {
            state.withLockedValue { Set($0.entries.keys).intersection(keys) }
        }

        func forget(_ entities: [LedgerEntry]) {
            state.withLockedValue { state in
                for entry in entities where state.entries[entry.key] == entry.object {
                    state.entries[entry.key] = nil
                }
            }
        }

        var identifiers: [String] { state.withLockedValue { $0.entities.keys.map(\.identifier).sorted() } }
        var remembered: [String] { state.withLockedValue { $0.entries.keys.map(\.identifier).sorted() } }
    }

    /// A busy machine may take its time where that is not what a test is about.
    private static func long(
        fetching: Duration = .seconds(600),
        mapping: Duration = .seconds(600),
        sending: Duration = .seconds(600)
    ) -> BatchTime { BatchTime(fetching: fetching, mapping: mapping, sending: sending) }

    private func with(
        _ definition: MappingDefinition = .standard,
        time: BatchTime = Self.long(),
        byteLimit: Int = 4 << 20,
        _ body: (HarborServer, World, Catalogue) async throws -> Void
    ) async throws {
        let harbor = try await HarborServer()
        let world = World()
        do { try await body(harbor, world, try catalogue(harbor, world, definition, time, byteLimit)) } catch
        {
            try await harbor.stop()
            throw error
        }
        try await harbor.stop()
    }

    private func catalogue(
        _ harbor: HarborServer,
        _ world: World,
        _ definition: MappingDefinition,
        _ time: BatchTime = Self.long(),
        _ byteLimit: Int = 4 << 20,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) throws -> Catalogue {
        let password = try #require(Secret(Array(HarborServer.password.utf8)))
        return Catalogue(
            harbor: HarborClient(
                url: try HTTPURL(harbor.url),
                account: HarborAccount(username: HarborServer.username, password: password),
                timeout: .seconds(300)
            ),
            mapping: try Mapping(definition),
            sink: world,
            ledger: world,
            time: time,
            byteLimit: byteLimit,
            now: now
        ) { _, _ in }
    }

    private func objects(_ identifiers: String...) -> [CatalogueObject] {
        identifiers.compactMap { CatalogueObject(identifier: $0) }
    }

    private static func definition(_ identifier: String, _ query: String = "true") -> MappingDefinition {
        MappingDefinition(resources: [
            .init(kind: .artifact, query: query, identifier: identifier, blueprint: #""image""#)
        ])
    }

    @Test func `What Harbor has is there, and what it has not is not`() async throws {
        try await with { harbor, world, catalogue in
            let artifact = "p/a/b@\(Self.digest)"
            harbor.push(artifact)
            #expect(await catalogue.update(objects(artifact, "p/a/b", "p", "p/none")) == [:])
            #expect(world.identifiers == ["p", "p/a/b", artifact] && world.remembered == world.identifiers)
            harbor.remove("p/a/b")
            #expect(await catalogue.update(objects(artifact, "p/a/b")) == [:])
            #expect(world.identifiers == ["p"] && world.remembered == ["p"])
        }
    }

    @Test(arguments: [("7", 7), ("100000", 300)])
    func `It rests for as long as it is asked to, within reason`(
        _ header: String,
        _ seconds: Int
    )
        async throws
    {
        try await with { harbor, world, _ in
            let start = ContinuousClock.now
            let clock = NIOLockedValueBox(start)
            let catalogue = try catalogue(harbor, world, .standard) { clock.withLockedValue(\.self) }
            harbor.push("p/a")
            harbor.fail(.reply(500))
            #expect(await catalogue.update(objects("p/a")).count == 1 && !catalogue.isResting)
            harbor.fail(.reply(503, "", "Retry-After: \(header)\r\n"))
            #expect(await catalogue.update(objects("p/a")).count == 1 && catalogue.isResting)
            clock.withLockedValue { $0 = start + .seconds(seconds) - .milliseconds(1) }
            #expect(catalogue.isResting)
            clock.withLockedValue { $0 = start + .seconds(seconds) }
            #expect(!catalogue.isResting)
            #expect(await catalogue.update(objects("p/a", "p")) == [:] && !catalogue.isResting)
        }
    }

    @Test func `What is about to be sent is remembered before, and without that nothing is sent`()
        async throws
    {
        try await with { harbor, world, catalogue in
            harbor.push("p/a")
            world.state.withLockedValue { $0.isMemoryBroken = true }
            let failures = await catalogue.update(objects("p/a"))
            #expect(failures.mapValues(\.description) == [objects("p/a")[0]: "broken"])
            #expect(world.identifiers == [] && world.state.withLockedValue { $0.steps } == [])
        }
    }

    @Test func `What is gone is deleted by what was sent, else by its name`() async throws {
        try await with(Self.definition(".tags[0].name")) { harbor, world, catalogue in
            let artifact = "p/a@\(Self.digest)"
            harbor.push(artifact, tags: ["one"])
            #expect(await catalogue.update(objects(artifact)) == [:])
            #expect(world.identifiers == ["one"])
            harbor.remove(artifact)
            // No name could tell that it is called after its tag.
            #expect(await catalogue.update(objects(artifact)) == [:])
            #expect(world.identifiers == [])
        }
        try await with { _, world, catalogue in
            #expect(await catalogue.update(objects("p/a@\(Self.digest)")) == [:])
            #expect(world.state.withLockedValue { $0.steps } == ["delete [\"p/a@\(Self.digest)\"]"])
        }
    }

    @Test func `Of what Harbor has only what was sent from here is deleted, and nothing that depends on it`()
        async throws
    {
        try await with(Self.definition(".digest", ".tags != null")) { harbor, world, catalogue in
            let artifact = "p/a@\(Self.digest)"
            // Another receiver of the same catalogue may show it.
            harbor.push(artifact)
            #expect(await catalogue.update(objects(artifact)) == [:])
            #expect(world.state.withLockedValue { $0.steps } == [])
            harbor.push(artifact, tags: ["one"])
            #expect(await catalogue.update(objects(artifact)) == [:])
            harbor.push(artifact)
            #expect(await catalogue.update(objects(artifact)) == [:])
            #expect(
                world.state.withLockedValue { $0.steps.last } == "delete alone [\"\(Self.digest)\"]"
            )
            #expect(world.identifiers == [])
        }
    }

    @Test func `A tag that moves takes its entity along`() async throws {
        try await with(Self.definition(".tags[0].name", ".tags != null")) { harbor, world, catalogue in
            let (old, new) = ("p/a@sha256:01", "p/a@sha256:02")
            harbor.push(old, tags: ["latest"])
            #expect(await catalogue.update(objects(old)) == [:])
            harbor.push(old)
            harbor.push(new, tags: ["latest"])
            #expect(await catalogue.update(objects(new)) == [:])
            // The older one is another entity's no more, whether it is looked at by itself, with the other, or gone.
            #expect(await catalogue.update(objects(old)) == [:])
            #expect(await catalogue.update(objects(new, old)) == [:])
            harbor.remove(old)
            #expect(await catalogue.update(objects(old, new)) == [:])
            #expect(world.identifiers == ["latest"])
        }
    }

    @Test func `Where the new entity is refused the old one stays`() async throws {
        try await with(Self.definition(".tags[0].name")) { harbor, world, catalogue in
            let artifact = "p/a@\(Self.digest)"
            harbor.push(artifact, tags: ["one"])
            #expect(await catalogue.update(objects(artifact)) == [:])
            harbor.push(artifact, tags: ["two"])
            world.state.withLockedValue { $0.refusals = ["two"] }
            #expect(await catalogue.update(objects(artifact)).count == 1)
            #expect(world.identifiers == ["one"])
            world.state.withLockedValue { $0.refusals = ["one"] }
            #expect(await catalogue.update(objects(artifact)).count == 1)
            world.state.withLockedValue { $0.refusals = [] }
            #expect(await catalogue.update(objects(artifact)) == [:])
            #expect(world.identifiers == ["two"] && world.remembered == ["two"])
        }
    }

    @Test func `What Port makes for a relation's sake is remembered, unless something else has that name`()
        async throws
    {
        try await with { harbor, world, catalogue in
            let artifact = "p/a@\(Self.digest)"
            harbor.push(artifact)
            #expect(await catalogue.update(objects(artifact)) == [:])
            #expect(world.identifiers == [artifact] && world.remembered == ["p", "p/a", artifact])
            #expect(await catalogue.update(objects("p/a")) == [:])
            #expect(world.identifiers == ["p/a", artifact] && world.remembered == ["p", "p/a", artifact])
        }
    }

    @Test func `A selector that cannot be told deletes nothing`() async throws {
        try await with(Self.definition(".digest")) { harbor, world, first in
            let artifact = "p/a@\(Self.digest)"
            harbor.push(artifact)
            #expect(await first.update(objects(artifact)) == [:])
            let failing = try catalogue(harbor, world, Self.definition(".digest", "error(\"no\")"))
            #expect(await failing.update(objects(artifact)) == [:])
            #expect(world.identifiers == [Self.digest])
            let none = try catalogue(harbor, world, Self.definition(".digest", "false"))
            #expect(await none.update(objects(artifact)) == [:])
            #expect(world.identifiers == [])
        }
    }

    @Test func `One that fails costs the others nothing`() async throws {
        try await with { harbor, world, catalogue in
            harbor.push("p/a")
            harbor.push("p/b")
            harbor.push("p/c")
            harbor.fail(.reply(500), at: "/repositories/b", times: 10)
            world.state.withLockedValue { $0.refusals = ["p/c"] }
            let failures = await catalogue.update(objects("p/a", "p/b", "p/c"))
            #expect(Set(failures.keys.map(\.identifier)) == ["p/b", "p/c"])
            #expect(world.identifiers == ["p/a"])
        }
    }

    @Test func `A Harbor that knows nobody is asked no further`() async throws {
        try await with { harbor, _, catalogue in
            harbor.fail(.reply(401), times: 1000)
            let many = (0..<100).compactMap { CatalogueObject(identifier: "p/r\($0)") }
            #expect(await catalogue.update(many).count == 100)
            #expect(harbor.calls.count < 10)
        }
    }

    @Test func `What Harbor does not answer in the time of a batch is put off, and the others arrive`()
        async throws
    {
        try await with(time: Self.long(fetching: .seconds(5))) { harbor, world, catalogue in
            for name in ["p/a", "p/b", "p/c"] { harbor.push(name) }
            // It keeps the connection open, and says nothing.
            harbor.fail(at: "/repositories/b", times: 1000)
            var failures = await catalogue.update(objects("p/a", "p/b", "p/c"))
            // A machine that is busy has no time for the others either, for a while.
            for _ in 0..<30 where failures.count > 1 {
                failures = await catalogue.update(objects("p/a", "p/b", "p/c"))
            }
            #expect(failures.keys.map(\.identifier) == ["p/b"])
            #expect(failures.values.first?.description.hasPrefix("put off, because Harbor") == true)
            #expect(world.identifiers == ["p/a", "p/c"])
        }
    }

    @Test func `What the mapping has no time for is put off, and each batch brings something about`()
        async throws
    {
        try await with(time: Self.long(mapping: .zero)) { harbor, world, catalogue in
            var waiting = objects("p/a", "p/b", "p/c")
            for object in waiting { harbor.push(object.identifier) }
            for count in 1...3 {
                let failures = await catalogue.update(waiting)
                #expect(world.identifiers.count == count)
                #expect(
                    failures.values.allSatisfy { $0.description.hasPrefix("put off, because its mapping") }
                )
                waiting = Array(failures.keys)
            }
            #expect(waiting == [])
        }
    }

    @Test func `What is large comes by and by`() async throws {
        try await with(byteLimit: 5000) { harbor, world, catalogue in
            var waiting = (0..<8).compactMap {
                CatalogueObject(identifier: "p/a@sha256:0\($0)")
            }
            for object in waiting {
                harbor.push(object.identifier, tags: [String](repeating: "t", count: 60))
            }
            harbor.forgetCalls()
            for round in 1... {
                let before = waiting.count
                waiting = Array((await catalogue.update(waiting)).keys)
                #expect(waiting.count < before)
                // Those that are under way when it is enough count, too.
                if round == 1 { #expect(harbor.calls.count < 8 && !waiting.isEmpty) }
                if waiting.isEmpty || waiting.count >= before { break }
            }
            #expect(world.identifiers.count == 8)
        }
        let large = MappingDefinition.artifacts(["p": #""x" * 900"#])
        try await with(large, byteLimit: 2000) { harbor, world, catalogue in
            let objects = (0..<5).compactMap { CatalogueObject(identifier: "p/a@sha256:0\($0)") }
            for object in objects { harbor.push(object.identifier) }
            let failures = await catalogue.update(objects)
            #expect(world.identifiers.count == 3 && failures.count == 2)
            #expect(
                failures.values.allSatisfy { $0.description.hasPrefix("put off, because the objects before") }
            )
        }
    }

    @Test func `A sink that does not come to an end is cut off`() async throws {
        try await with(time: Self.long(sending: .seconds(1))) { harbor, world, catalogue in
            harbor.push("p/a")
            world.state.withLockedValue { $0.isHanging = true }
            #expect(await catalogue.update(objects("p/a")).values.map(\.description) == ["hung"])
        }
    }

    /// Sanitizers keep much of their own, and for a while what was freed.
    @Test(.enabled(if: unsafe dlsym(nil, "__asan_init") == nil && dlsym(nil, "__tsan_init") == nil))
    func `A time that is long leaves nothing behind`() async throws {
        func memory() throws -> Int {
            let text = try String(contentsOfFile: "/proc/self/statm", encoding: .utf8)
            return try #require(text.split(separator: " ").dropFirst().first.flatMap { Int($0) }) * 4096
        }
        for _ in 0..<1000 { await limited(to: .seconds(3600)) {} }
        let before = try memory()
        for _ in 0..<200_000 { await limited(to: .seconds(3600)) {} }
        let more = try memory() - before
        #expect(more < 100 << 20, "\(more)")
    }

    @Test func `What is cancelled ends at once, and is no reason to give up the next`() async throws {
        try await with { harbor, world, catalogue in
            harbor.push("p/a")
            harbor.hold()
            for _ in 0..<2 {
                let task = Task { await catalogue.update(objects("p/a")) }
                try await waitUntil("Harbor is asked") { harbor.underWay.now > 0 }
                task.cancel()
                let failures = await task.value
                #expect(failures.values.first?.description.hasPrefix("put off") == true)
                harbor.release()
                try await waitUntil("nothing is under way") { harbor.underWay.now == 0 }
                harbor.hold()
            }
            harbor.release()
            #expect(await catalogue.update(objects("p/a")) == [:] && world.identifiers == ["p/a"])
        }
    }

    @Test func `A preview says what would be done, and does nothing`() async throws {
        try await with { harbor, world, catalogue in
            let artifact = objects("p/a@\(Self.digest)")[0]
            harbor.push(artifact.identifier)
            let found = await catalogue.preview(artifact, asksHarbor: true)
            #expect(found.isThere == true && found.upserts.map(\.key.identifier) == [artifact.identifier])
            let offline = await catalogue.preview(artifact, asksHarbor: false)
            #expect(offline.isThere == nil && offline.deletes.map(\.identifier) == [artifact.identifier])
            harbor.fail(.reply(503))
            let failed = await catalogue.preview(artifact, asksHarbor: true)
            #expect(failed.isThere == nil && failed.failure != nil && failed.deletes.count == 1)
            #expect(world.identifiers == [] && world.remembered == [])
        }
    }
}
