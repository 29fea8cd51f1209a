// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import HTTP
import Handlers
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite struct ResyncTests {
    @Test func `Everything is read from pages, and nothing one by one`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 3, repositories: 4, artifacts: 5)
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && !outcome.isResumed && outcome.problems.isEmpty)
            #expect(catalogue.identifiers == all)
            let counts = outcome.counts
            #expect(counts.projects == 3 && counts.repositories == 12 && counts.artifacts == 60)
            #expect(counts.removed == 0 && counts.kept == 0 && counts.failed == 0)
            // A page of projects, one of each one's repositories, one of each one's artifacts.
            #expect(harbor.calls.count == 1 + 3 + 12)
            #expect(harbor.underWay.most <= client.maxConcurrent)
            #expect(catalogue.position() == nil)
            #expect(catalogue.json(all[1])?.contains("__identifier") == true)
        }
    }

    @Test func `What is sent comes in pages, put together where repositories are small`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 1, repositories: 130, artifacts: 2)
            for number in 0..<250 { harbor.push("p0/large@sha256:\(number + 1000)") }
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && catalogue.identifiers.count == all.count + 251)
            let sizes = catalogue.state.withLockedValue { $0.batches.map(\.count) }
            // 510 artifacts in batches of a hundred at least, but for the last of each page of repositories.
            #expect(sizes.allSatisfy { $0 < 200 } && sizes.count < 11, "\(sizes)")
        }
    }

    @Test func `What is gone from Harbor goes, and nothing else`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 2, repositories: 1, artifacts: 2)
            catalogue.remember("gone", "gone/a", "p0/gone/b", "p0/gone/b@sha256:1", "p0/a/r0@sha256:999")
            catalogue.remember(all[0], all[2])
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && catalogue.identifiers == all && outcome.counts.removed == 5)
        }
    }

    @Test func `What was pushed since its list was read stays`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 1, repositories: 1, artifacts: 1)
            let late = "p0/a/r0@sha256:777"
            catalogue.onPut { catalogue, objects in
                // Its page has been read; the walk never meets it.
                if objects.contains(where: { $0.object.kind == .artifact }) {
                    harbor.push(late)
                    catalogue.remember(late)
                }
                return [:]
            }
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.removed == 0)
            #expect(catalogue.identifiers == (all + [late]).sorted())
            #expect(catalogue.json(late)?.contains("777") == true)
        }
    }

    @Test func `A project that may not be seen any more keeps all that it had`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 2, repositories: 1, artifacts: 1)
            catalogue.remember("p1", "p1/a/r0", "p1/a/r0@sha256:999", "missing")
            harbor.forbid("p1")
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.kept == 3 && outcome.counts.removed == 1)
            #expect(catalogue.identifiers.contains("p1/a/r0@sha256:999"))
            #expect(!catalogue.identifiers.contains("missing"))
            #expect(catalogue.identifiers.filter { $0.hasPrefix("p0") } == all.filter { $0.hasPrefix("p0") })
            #expect(outcome.problems.contains { $0.contains("is kept") && $0.contains("403") })
        }
    }

    @Test func `A project in which nobody lets it look is left out, and the others are not`() async throws {
        try await with { harbor, client, catalogue in
            fill(harbor, projects: 3, repositories: 1, artifacts: 1)
            catalogue.remember("p1/a/r0")
            harbor.fail(.reply(403, "{}"), at: "projects/p1/", times: 2)
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.refused == 1 && outcome.counts.kept == 1)
            #expect(catalogue.identifiers.filter { $0.hasPrefix("p1") } == ["p1", "p1/a/r0"])
            #expect(catalogue.identifiers.count == 8)
        }
    }

    @Test(arguments: [HTTPServer.Step.reply(500), .close, .reply(200, "<html>"), .reply(404, "<html>")])
    func `An object of which Harbor only says errors is kept and named, and the others that are gone go`(
        _ step: HTTPServer.Step
    ) async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 1, repositories: 1, artifacts: 1)
            catalogue.remember("broken/a", "gone", "gone/b", "zero")
            harbor.fail(step, at: "/broken/", times: 1000)
            let outcome = await resync(client, catalogue).run()
            let counts = outcome.counts
            #expect(outcome.end == .done && counts.failed == 1 && counts.kept == 1 && counts.removed == 3)
            #expect(outcome.problems.count == 1)
            #expect(outcome.problems.first?.hasPrefix("repository broken/a is kept: ") == true)
            #expect(catalogue.identifiers == (all + ["broken/a"]).sorted())
        }
    }

    @Test func `Many of which Harbor only says errors are soon given up`() async throws {
        try await with { harbor, client, catalogue in
            for number in 100..<320 { catalogue.remember("broken/\(number)") }
            catalogue.remember("gone")
            harbor.fail(.reply(500), at: "/broken/", times: 10_000)
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.kept == 220 && outcome.counts.removed == 1)
            #expect(outcome.problems.count == 100)
            // The first hundred at the same time, each as often as anything; those that follow twice.
            #expect(harbor.calls.count { $0.path.contains("/broken/") } == 100 * 7 + 120 * 2)
        }
    }

    @Test func `While Harbor is away nothing is removed, and what was walked need not be again`() async throws
    {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 1, repositories: 1, artifacts: 1)
            catalogue.remember("gone/a")
            catalogue.onPut { _, objects in
                if objects.contains(where: { $0.object.kind == .artifact }) {
                    // Seven looks at what is gone, and a question that it can always answer.
                    harbor.fail(.reply(503), times: 8)
                }
                return [:]
            }
            let outcome = await resync(client, catalogue).run()
            guard case .stopped(let reason) = outcome.end else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains("/gone/") && catalogue.identifiers == (all + ["gone/a"]).sorted())
            catalogue.onPut { _, _ in [:] }
            harbor.forgetCalls()
            let second = await resync(client, catalogue).run()
            #expect(second.end == .done && second.isResumed && second.counts.removed == 1)
            let paths = harbor.calls.filter { $0.method == "GET" }.map(\.path)
            #expect(paths.allSatisfy { $0.contains("/gone/") })
        }
    }

    @Test func `One that was interrupted goes on where it was`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 4, repositories: 3, artifacts: 2)
            catalogue.remember("gone")
            let task = NIOLockedValueBox<Task<ResyncOutcome, Never>?>(nil)
            catalogue.onPut { _, objects in
                if objects.contains(where: { $0.object.project == "p2" && $0.object.kind == .artifact }) {
                    try? await waitUntil("a task") { task.withLockedValue { $0 != nil } }
                    task.withLockedValue { $0?.cancel() }
                }
                return [:]
            }
            let running = Task { await resync(client, catalogue).run() }
            task.withLockedValue { $0 = running }
            let first = await running.value
            #expect(first.end == .interrupted && first.counts.projects == 2)
            #expect(catalogue.identifiers.contains("gone"))
            catalogue.onPut { _, _ in [:] }
            harbor.forgetCalls()
            let second = await resync(client, catalogue).run()
            #expect(second.end == .done && second.isResumed && second.counts.projects == 4)
            #expect(second.counts.repositories == 12 && second.counts.artifacts == 24)
            #expect(catalogue.identifiers == all)
            let paths = harbor.calls.map(\.path)
            #expect(!paths.contains { $0.contains("/p0/") || $0.contains("/p1/") })
        }
    }

    @Test func `The images of an index are met, too`() async throws {
        try await with { harbor, client, catalogue in
            harbor.push("p/a@sha256:1", tags: ["1.0"])
            harbor.push("p/a@sha256:2", isChild: true)
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.artifacts == 2)
            #expect(catalogue.identifiers == ["p", "p/a", "p/a@sha256:1", "p/a@sha256:2"])
        }
    }

    @Test func `One of a project leaves alone where one of all was interrupted`() async throws {
        try await with { harbor, client, catalogue in
            fill(harbor, projects: 2, repositories: 1, artifacts: 1)
            harbor.fail(.reply(401), at: "projects/p1/")
            #expect(await resync(client, catalogue).run().end != .done)
            let one = await resync(client, catalogue, project: "p1").run()
            #expect(one.end == .done && !one.isResumed && one.counts.projects == 1)
            let all = await resync(client, catalogue).run()
            #expect(all.end == .done && all.isResumed && all.counts.projects == 2)
        }
    }

    @Test func `One that was interrupted begins anew where something else is to be shown, or long after`()
        async throws
    {
        try await with { harbor, client, catalogue in
            fill(harbor, projects: 2, repositories: 1, artifacts: 1)
            func run(_ configuration: String) async -> ResyncOutcome {
                await Resync(from: client, to: catalogue, catalogue, configuration: configuration).run()
            }
            harbor.fail(.reply(401), at: "projects/p1/", times: 2)
            #expect(await run("a").end != .done)
            let other = await run("b")
            #expect(other.end != .done && !other.isResumed)
            catalogue.age(by: .seconds(8 * 86_400))
            harbor.fail(.reply(401), at: "projects/p1/")
            let late = await run("b")
            #expect(late.end != .done && !late.isResumed)
            let next = await run("b")
            #expect(next.end == .done && next.isResumed)
        }
    }

    @Test func `One that is to begin anew does, and so does one of something else`() async throws {
        try await with { harbor, client, catalogue in
            fill(harbor, projects: 2, repositories: 1, artifacts: 1)
            harbor.fail(.reply(401), at: "projects/p1/")
            #expect(await resync(client, catalogue).run().end != .done)
            harbor.forgetCalls()
            let outcome = await resync(client, catalogue).run(restarting: true)
            #expect(outcome.end == .done && !outcome.isResumed && outcome.counts.projects == 2)
            harbor.fail(.reply(401), at: "projects/p1/")
            #expect(await resync(client, catalogue).run().end != .done)
            let other = await resync(client, catalogue, project: "p0").run()
            #expect(other.end == .done && !other.isResumed && other.counts.projects == 1)
        }
    }

    @Test func `Of one project nothing else is touched`() async throws {
        try await with { harbor, client, catalogue in
            fill(harbor, projects: 2, repositories: 1, artifacts: 1)
            catalogue.remember("gone", "p0/gone", "p0x/gone", "p1/gone")
            let outcome = await resync(client, catalogue, project: "p0").run()
            #expect(outcome.end == .done && outcome.counts.removed == 1)
            let rest = ["gone", "p0", "p0/a/r0", "p0/a/r0@sha256:1000000", "p0x/gone", "p1/gone"]
            #expect(catalogue.identifiers == rest)
            harbor.remove("p0")
            #expect(await resync(client, catalogue, project: "p0").run().counts.removed == 3)
            #expect(catalogue.identifiers == ["gone", "p0x/gone", "p1/gone"])
        }
    }

    @Test(arguments: [429, 503, 500, 502])
    func `Harbor is asked again, and not before it wants to be`(_ status: Int) async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 2, repositories: 2, artifacts: 1)
            for part in ["projects", "/p0/repositories", "/artifacts"] {
                harbor.fail(.reply(status, "", "Retry-After: 40\r\n"), at: part, times: 2)
            }
            let pauses = NIOLockedValueBox<[Duration]>([])
            let outcome = await resync(client, catalogue) { pause in
                pauses.withLockedValue { $0.append(pause) }
            }
            .run()
            #expect(outcome.end == .done && catalogue.identifiers == all)
            let all40 = pauses.withLockedValue { $0.count == 6 && $0.allSatisfy { $0 >= .seconds(40) } }
            #expect(all40)
        }
    }

    @Test func `While Harbor is away it stops, and says why`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 2, repositories: 1, artifacts: 1)
            catalogue.onPut { _, objects in
                if objects.contains(where: { $0.object.kind == .artifact }) {
                    harbor.fail(.close, times: 1000)
                }
                return [:]
            }
            let outcome = await resync(client, catalogue).run()
            guard case .stopped(let reason) = outcome.end else {
                Issue.record("\(outcome)")
                return
            }
            #expect(reason.contains("/p1/repositories") && outcome.counts.projects == 1)
            #expect(catalogue.position() != nil && catalogue.identifiers != all)
        }
    }

    @Test(arguments: [
        HTTPServer.Step.reply(500), .close, .reply(200, "<html>"), .reply(404, "<html>"),
        .reply(200, #"[{"digest":"nothing that it could be"}]"#),
        .reply(200, "[]", "X-Total-Count: 2\r\n"),
    ])
    func `A repository that cannot be read to its end is left out, and what may be in it stays`(
        _ step: HTTPServer.Step
    ) async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 3, repositories: 2, artifacts: 2)
            catalogue.remember("p1/a/r0@sha256:999", "p1/a/r1@sha256:999")
            harbor.fail(step, at: "p1/repositories/a%252Fr0/artifacts", times: 1000)
            let outcome = await resync(client, catalogue).run()
            let counts = outcome.counts
            #expect(outcome.end == .done && counts.failed == 1 && counts.kept == 1 && counts.removed == 1)
            #expect(outcome.problems.count == 1)
            #expect(outcome.problems.first?.hasPrefix("what is in p1/a/r0 is left out: ") == true)
            let rest = all.filter { !$0.hasPrefix("p1/a/r0@") } + ["p1/a/r0@sha256:999"]
            #expect(catalogue.identifiers == rest.sorted())
        }
    }

    @Test(arguments: [HTTPServer.Step.reply(500), .reply(200, "[]", "X-Total-Count: 2\r\n")])
    func `A project that cannot be read to its end is left out, and what may be in it stays`(
        _ step: HTTPServer.Step
    ) async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 3, repositories: 1, artifacts: 1)
            catalogue.remember("p1/gone", "p1/gone@sha256:999", "p0/gone", "gone")
            harbor.fail(step, at: "/p1/repositories", times: 1000)
            let outcome = await resync(client, catalogue).run()
            let counts = outcome.counts
            #expect(outcome.end == .done && counts.failed == 1 && counts.kept == 2 && counts.removed == 2)
            let rest = all.filter { !$0.hasPrefix("p1/") } + ["p1/gone", "p1/gone@sha256:999"]
            #expect(catalogue.identifiers == rest.sorted())
        }
    }

    @Test func `A list of projects that ends too soon removes nothing`() async throws {
        try await with { harbor, client, catalogue in
            fill(harbor, projects: 3, repositories: 1, artifacts: 1)
            catalogue.remember("p1/gone", "gone")
            harbor.fail(.reply(200, "[]", "X-Total-Count: 3\r\n"))
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.failed == 1 && outcome.counts.kept == 2)
            #expect(catalogue.identifiers == ["gone", "p1/gone"])
            #expect(await resync(client, catalogue).run().counts.removed == 2)
        }
    }

    @Test func `A list goes on to as many as Harbor says it has, whoever hides where it goes on`()
        async throws
    {
        try await with { harbor, client, catalogue in
            harbor.hideLinks()
            for number in 0..<150 { harbor.addProject("p\(number)") }
            for number in 0..<150 { harbor.push("p0/r\(number)") }
            for number in 0..<250 { harbor.push("p0/r0@sha256:\(number)") }
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.failed == 0)
            #expect(catalogue.identifiers.count == 150 + 150 + 250)
        }
    }

    @Test func `What does not work is done again alone, and what never will is told`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 1, repositories: 1, artifacts: 3)
            let tries = NIOLockedValueBox(0)
            catalogue.onPut { _, objects in
                guard objects.contains(where: { $0.object.kind == .artifact }) else { return [:] }
                return tries.withLockedValue { tries in
                    tries += 1
                    var failures: [CatalogueObject: CatalogueFailure] = [:]
                    for found in objects {
                        let name = found.object.identifier
                        if name.hasSuffix("1") {
                            failures[found.object] = CatalogueFailure("no such blueprint", isForever: true)
                        }
                        if name.hasSuffix("2"), tries < 3 {
                            failures[found.object] = CatalogueFailure("busy")
                        }
                    }
                    return failures
                }
            }
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done && outcome.counts.failed == 1)
            #expect(outcome.problems == ["artifact p0/a/r0@sha256:1000001: no such blueprint"])
            #expect(catalogue.identifiers == all.filter { !$0.hasSuffix("1000001") })
            let sizes = catalogue.state.withLockedValue { $0.batches.map(\.count) }
            #expect(sizes == [1, 1, 3, 1, 1])
        }
    }

    @Test func `While nothing can be sent it stops, and nothing of that counts as done`() async throws {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 4, repositories: 2, artifacts: 1)
            let isAway = NIOLockedValueBox(false)
            catalogue.onPut { _, objects in
                if objects.contains(where: { $0.object.project == "p2" && $0.object.kind != .project }) {
                    isAway.withLockedValue { $0 = true }
                }
                guard isAway.withLockedValue({ $0 }) else { return [:] }
                return Dictionary(uniqueKeysWithValues: objects.map { ($0.object, CatalogueFailure("away")) })
            }
            let first = await resync(client, catalogue).run()
            #expect(first.end == .stopped("away"))
            catalogue.onPut { _, _ in [:] }
            let second = await resync(client, catalogue).run()
            #expect(second.end == .done && second.isResumed && second.counts.failed == 0)
            #expect(catalogue.identifiers == all)
        }
    }

    @Test func `What the service has sent meanwhile is not overwritten with what was read before`()
        async throws
    {
        try await with { harbor, client, catalogue in
            let all = fill(harbor, projects: 1, repositories: 1, artifacts: 2)
            let changed = all[2]
            let gone = all[3]
            catalogue.onPut { catalogue, objects in
                guard objects.contains(where: { $0.object.kind == .artifact }) else { return [:] }
                harbor.push(changed, tags: ["newer"])
                await catalogue.serve(changed)
                harbor.remove(gone)
                await catalogue.serve(gone)
                return [:]
            }
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done)
            #expect(catalogue.json(changed)?.contains("newer") == true)
            #expect(catalogue.identifiers == all.filter { $0 != gone })
        }
    }

    @Test func `What moves up while a list is walked is met all the same`() async throws {
        try await with { harbor, client, catalogue in
            for number in 100..<350 { harbor.push("p\(number)/r\(number)") }
            for number in 100..<350 { harbor.push("many/r\(number)") }
            catalogue.onPut { _, objects in
                // Once the first page of each list has been read.
                if objects.contains(where: { $0.object.identifier == "p198" }) {
                    harbor.remove("p150")
                    harbor.remove("p151")
                }
                if objects.contains(where: { $0.object.identifier == "many/r251" }) {
                    harbor.remove("many/r300")
                }
                return [:]
            }
            let outcome = await resync(client, catalogue).run()
            #expect(outcome.end == .done)
            let identifiers = Set(catalogue.identifiers)
            for number in 100..<350 where number != 150 && number != 151 {
                #expect(identifiers.contains("p\(number)/r\(number)"))
            }
            for number in 100..<350 where number != 300 { #expect(identifiers.contains("many/r\(number)")) }
            // What went after it was read and before it was sent goes the next time, where no event told of it.
            let again = await resync(client, catalogue).run()
            #expect(again.end == .done && again.counts.failed == 0)
            #expect(!catalogue.identifiers.contains { ["p150", "p151", "many/r300"].contains($0) })
        }
    }

    @Test func `Progress goes from nothing to all`() async throws {
        try await with { harbor, client, catalogue in
            fill(harbor, projects: 3, repositories: 40, artifacts: 5)
            let fractions = NIOLockedValueBox<[Double?]>([])
            let resync = Resync(from: client, to: catalogue, catalogue) { progress in
                fractions.withLockedValue { $0.append(progress.fraction) }
            }
            #expect(await resync.run().end == .done)
            let known = fractions.withLockedValue { $0.compactMap { $0 } }
            #expect(known == known.sorted() && known.last == 1 && Set(known).count > 4, "\(known)")
            // What is left to be removed then, nobody knows.
            #expect(fractions.withLockedValue(\.last) == .some(nil))
        }
    }

    private func resync(
        _ client: HarborClient,
        _ catalogue: MemoryCatalogue,
        project: String? = nil,
        _ pause: @escaping @Sendable (Duration) -> Void = { _ in }
    ) -> Resync {
        Resync(from: client, to: catalogue, catalogue, project: project, pause: { pause($0) })
    }

    /// Returns the identifiers of all that it pushes.
    @discardableResult
    private func fill(_ harbor: HarborServer, projects: Int, repositories: Int, artifacts: Int) -> [String] {
        var all: [String] = []
        for project in 0..<projects {
            all.append("p\(project)")
            for repository in 0..<repositories {
                all.append("p\(project)/a/r\(repository)")
                for artifact in 0..<artifacts {
                    let identifier = "p\(project)/a/r\(repository)@sha256:\(1_000_000 + artifact)"
                    harbor.push(identifier)
                    all.append(identifier)
                }
            }
        }
        return all.sorted()
    }

    private func with(
        _ body: (HarborServer, HarborClient, MemoryCatalogue) async throws -> Void
    ) async throws {
        let harbor = try await HarborServer()
        let password = try #require(Secret(Array(HarborServer.password.utf8)))
        let client = HarborClient(
            url: try HTTPURL(harbor.url),
            account: HarborAccount(username: HarborServer.username, password: password),
            timeout: .seconds(300)
        )
        try await body(harbor, client, MemoryCatalogue(client))
        await client.shutdown()
        try await harbor.stop()
    }
}
