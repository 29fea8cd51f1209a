// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Foundation
import HTTP
import Handlers
import NIOConcurrencyHelpers
import TestSupport
import Testing

@Suite struct HarborClientTests {
    private static let digest = "sha256:" + String(repeating: "1f", count: 32)

    @Test(arguments: [
        ("library", ["name": "library", "__project": "library", "__identifier": "library"]),
        ("2026", ["name": "2026", "__project": "2026"]),
        (
            "library/a/b.c",
            ["name": "library/a/b.c", "__repository": "a/b.c", "__identifier": "library/a/b.c"]
        ), ("library/nginx", ["__project": "library", "__repository": "nginx"]),
        (
            "library/a/b.c@\(digest)",
            [
                "digest": digest, "type": "IMAGE", "__project": "library", "__repository": "a/b.c",
                "__identifier": "library/a/b.c@\(digest)",
            ]
        ),
    ])
    func `An object is what Harbor says, and three members more`(
        _ identifier: String,
        _ members: [String: String]
    ) async throws {
        try await with { harbor, client in
            harbor.addProject("2026")
            harbor.push("library/nginx")
            harbor.push("library/a/b.c@\(Self.digest)", tags: ["1.0"])
            let object = try #require(CatalogueObject(identifier: identifier))
            let json = try #require(try await client.object(object))
            let found = try #require(try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any])
            for (name, value) in members { #expect(found[name] as? String == value) }
            #expect((found["__repository"] == nil) == (object.kind == .project))
            let call = try #require(harbor.calls.first)
            #expect(harbor.calls.count == 1 && call["X-Is-Resource-Name"] == "true")
        }
    }

    @Test func `An artifact comes with its tags and the result of its scan`() async throws {
        try await with { harbor, client in
            let identifier = "library/a/b@\(Self.digest)"
            harbor.push(identifier, tags: ["1.0", "latest"], critical: 3)
            let object = try #require(CatalogueObject(identifier: identifier))
            let json = String(decoding: try #require(try await client.object(object)), as: UTF8.self)
            #expect(json.contains(#""name":"latest""#) && json.contains(#""Critical":3"#))
            let page = try #require(try await client.artifacts(of: "library", "a/b", page: 1))
            let listed = try #require(page.objects.first)
            #expect(String(decoding: listed.json, as: UTF8.self) == json && listed.object == object)
        }
    }

    @Test func `What Harbor says is not there is nothing`() async throws {
        try await with { harbor, client in
            harbor.push("library/a/b")
            for identifier in ["missing", "library/missing", "library/a/b@\(Self.digest)", "missing/a/b"] {
                let object = try #require(CatalogueObject(identifier: identifier))
                #expect(try await client.object(object) == nil)
            }
            #expect(try await client.repositories(of: "missing", page: 1) == nil)
        }
    }

    @Test(arguments: [
        (404, "<html>404 page not found</html>"), (404, ""), (404, "{}"), (404, #"{"errors":[]}"#),
        (404, #"{"errors":[{"code":"UNKNOWN","message":"not found"}]}"#),
        (404, #"{"errors":[{"code":"NOT_FOUND","message":"path /api/v2.0/projects/x was not found"}]}"#),
        (400, #"{"errors":[{"code":"NOT_FOUND","message":"project x not found"}]}"#),
        (403, #"{"errors":[{"code":"NOT_FOUND","message":"project x not found"}]}"#),
        (500, #"{"errors":[{"code":"NOT_FOUND","message":"project x not found"}]}"#), (200, "<html>"),
        (200, "{}"), (200, #"{"name":"other"}"#), (200, #"["library"]"#), (200, #"{"name":"library""#),
        (204, ""), (302, ""),
    ])
    func `Whatever else comes in between, nothing is gone for it`(
        _ status: Int,
        _ body: String
    ) async throws {
        try await with { harbor, client in
            harbor.fail(.reply(status, body), times: 2)
            await #expect(throws: HarborError.self) { try await client.object(.project("library")) }
            await #expect(throws: HarborError.self) { try await client.repositories(of: "library", page: 1) }
        }
    }

    @Test func `An object has a bound, and a page of them another`() async throws {
        try await with { harbor, client in
            let artifact = "library/a@\(Self.digest)"
            for count in [15_000, 25_000] {
                harbor.push(artifact, tags: [String](repeating: "1", count: count))
                let object = try #require(CatalogueObject(identifier: artifact))
                let error = await error { _ = try await client.object(object) }
                #expect((error == nil) == (count == 15_000), "\(error as Any)")
                #expect(error.map { $0.code == .unexpected } ?? true)
                #expect(try await client.artifacts(of: "library", "a", page: 1)?.objects.count == 1)
            }
        }
    }

    @Test func `A proxy that decodes what is encoded twice makes nothing go away`() async throws {
        try await with { harbor, client in
            harbor.push("library/a/b@\(Self.digest)")
            let transport = HTTPTransport()
            let proxy = try await HTTPServer { request in
                let path = request.path.replacingOccurrences(of: "%25", with: "%")
                let url = try? HTTPURL(harbor.url + path)
                let headers = [(name: "Authorization", value: request["Authorization"] ?? "")]
                guard let url,
                    let answer = try? await transport.answer(to: HTTPCall(.get, url, headers: headers))
                else { return [.close] }
                return [.reply(answer.status, String(decoding: answer.body, as: UTF8.self))]
            }
            let behind = try makeClient(proxy.url)
            let object = try #require(CatalogueObject(identifier: "library/a/b"))
            let error = await error { _ = try await behind.object(object) }
            #expect(error?.code == .unexpected && error?.description.contains("%252F") == true)
            await transport.shutdown()
            await behind.shutdown()
            try await proxy.stop()
        }
    }

    @Test(arguments: [
        (401, "", HarborError.Code.unauthorized, nil), (403, "", .forbidden, nil),
        (429, "Retry-After: 7\r\n", .unavailable, Duration.seconds(7)), (429, "", .unavailable, nil),
        (503, "Retry-After: 2\r\n", .unavailable, .seconds(2)), (500, "", .unavailable, nil),
        (408, "", .unavailable, nil), (418, "", .unexpected, nil),
        (301, "Location: https://elsewhere.example/\r\n", .configuration, nil),
    ])
    func `A failure says what to do, and how long to wait`(
        _ status: Int,
        _ header: String,
        _ code: HarborError.Code,
        _ wait: Duration?
    ) async throws {
        try await with { harbor, client in
            harbor.fail(.reply(status, "", header))
            let error = try #require(await error { _ = try await client.object(.project("library")) })
            #expect(error.code == code && error.retryAfter == wait)
            #expect(error.description.contains("/projects/library"))
            #expect(!error.description.contains(HarborServer.password))
        }
    }

    @Test func `A project that may not be seen is no project that is gone`() async throws {
        try await with { harbor, client in
            harbor.push("library/a@\(Self.digest)")
            harbor.forbid("library")
            for identifier in ["library", "library/a", "library/a@\(Self.digest)"] {
                let object = try #require(CatalogueObject(identifier: identifier))
                let error = await error { _ = try await client.object(object) }
                #expect(error?.code == .forbidden)
            }
        }
    }

    @Test func `A project that does not exist is gone, with all in it, though Harbor forbids to look`()
        async throws
    {
        try await with { harbor, client in
            for identifier in ["library", "library/a", "library/a@\(Self.digest)"] {
                let object = try #require(CatalogueObject(identifier: identifier))
                #expect(try await client.object(object) == nil)
            }
            #expect(try await client.repositories(of: "library", page: 1) == nil)
            // Neither a proxy's refusal, nor what nobody says of the name.
            harbor.fail(.reply(403, "{}"), at: "projects/library")
            harbor.fail(.reply(503), method: "HEAD")
            harbor.fail(.reply(404), method: "HEAD")
            for _ in 0..<3 {
                let error = await error { _ = try await client.object(.project("library")) }
                #expect(error?.code == .forbidden)
            }
        }
    }

    @Test func `A wrong password is refused, and not printed`() async throws {
        try await with { harbor, _ in
            let client = try makeClient(harbor.url, password: "other-password")
            let error = try #require(await error { _ = try await client.projects(page: 1) })
            #expect(error.code == .unauthorized && !error.description.contains("other-password"))
            await client.shutdown()
        }
    }

    @Test func `The API may be below a path`() async throws {
        try await with(path: "/registry/harbor") { harbor, client in
            harbor.push("library/a/b")
            let json = try await client.object(.repository(project: "library", name: "a/b"))
            #expect(json != nil)
            let projects = try await client.projects(page: 1).objects.map(\.object)
            #expect(projects == [.project("library")])
        }
    }

    @Test func `Lists come in pages, with how long they are`() async throws {
        try await with { harbor, client in
            let none = try await client.projects(page: 1)
            #expect(none.objects.isEmpty && none.total == 0 && !none.hasNext)
            for number in 100..<350 { harbor.push("p\(number)/a/r\(number)@\(Self.digest)") }
            for number in 0..<100 { harbor.push("p100/a/b@sha256:\(number + 10)") }
            var names: [String] = []
            for number in 1...3 {
                let page = try await client.projects(page: number)
                #expect(page.total == 250 && page.hasNext == (number < 3))
                names += page.objects.map(\.object.identifier)
            }
            #expect(names == (100..<350).map { "p\($0)" })
            let repositories = try #require(try await client.repositories(of: "p100", page: 1))
            #expect(
                repositories.objects.map(\.object) == [
                    .repository(project: "p100", name: "a/b"), .repository(project: "p100", name: "a/r100"),
                ]
            )
            let artifacts = try #require(try await client.artifacts(of: "p100", "a/b", page: 1))
            #expect(artifacts.objects.count == 100 && artifacts.total == 100 && !artifacts.hasNext)
        }
    }

    @Test func `No more calls are under way than are allowed, whatever they are for`() async throws {
        try await with(maxConcurrent: 3) { harbor, client in
            for number in 0..<30 { harbor.addProject("p\(number)") }
            harbor.hold()
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<15 {
                    group.addTask { _ = try await client.object(.project("p\(number)")) }
                    group.addTask { _ = try await client.projects(page: 1) }
                }
                try await waitUntil("three calls") { harbor.underWay.now == 3 }
                harbor.release()
                try await group.waitForAll()
            }
            #expect(harbor.underWay.most == 3 && harbor.calls.count == 30)
        }
    }

    @Test func `Those who wait for the same object share a call, but not one that was sent before`()
        async throws
    {
        try await with(maxConcurrent: 1) { harbor, client in
            harbor.addProject("first")
            harbor.addProject("second")
            harbor.hold()
            let first = Task { try await client.object(.project("first")) }
            try await waitUntil("a call") { harbor.underWay.now == 1 }
            let others = (0..<10).map { _ in Task { try await client.object(.project("second")) } }
            let again = Task { try await client.object(.project("first")) }
            // All of them wait before anything is answered: nobody can look into the queue from here.
            for _ in 0..<1000 { await Task.yield() }
            harbor.release()
            for task in others + [first, again] { #expect(try await task.value != nil) }
            let paths = harbor.calls.map(\.path)
            #expect(paths.count { $0.hasSuffix("/first") } == 2)
            #expect(paths.count { $0.hasSuffix("/second") } < 10)
        }
    }

    @Test func `A list that nobody waits for any more holds up nobody`() async throws {
        try await with(maxConcurrent: 1) { harbor, client in
            harbor.addProject("library")
            harbor.hold()
            let sent = Task { try await client.projects(page: 1) }
            try await waitUntil("a call") { harbor.underWay.now == 1 }
            let waiting = Task { await error { _ = try await client.projects(page: 1) } }
            // It comes to wait: nobody can look into the queue from here.
            for _ in 0..<1000 { await Task.yield() }
            waiting.cancel()
            #expect(await waiting.value?.code == .cancelled)
            sent.cancel()
            _ = await sent.result
            harbor.release()
            // Nor does it leave a place for one more.
            try await waitUntil("Harbor has answered to nobody, too") { harbor.underWay.now == 0 }
            harbor.forgetCalls()
            let calls = (0..<10).map { _ in Task { try await client.projects(page: 1).objects.count } }
            for call in calls { #expect(try await call.value == 1) }
            #expect(harbor.underWay.most == 1)
        }
    }

    private func with(
        path: String = "",
        maxConcurrent: Int = 4,
        _ body: (HarborServer, HarborClient) async throws -> Void
    ) async throws {
        let harbor = try await HarborServer(path: path)
        let client = try makeClient(harbor.url, maxConcurrent: maxConcurrent)
        try await body(harbor, client)
        await client.shutdown()
        try await harbor.stop()
    }

    private func makeClient(
        _ url: String,
        password: String = HarborServer.password,
        maxConcurrent: Int = 4
    ) throws -> HarborClient {
        let password = try #require(Secret(Array(password.utf8)))
        return HarborClient(
            url: try HTTPURL(url),
            account: HarborAccount(username: HarborServer.username, password: password),
            maxConcurrent: maxConcurrent,
            timeout: .seconds(300)
        )
    }

    private func error(_ body: () async throws -> Void) async -> HarborError? {
        do { try await body() } catch { return error as? HarborError }
        return nil
    }
}
