// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import TestSupport
import Testing

/// What a real API server cannot be made to do.
@Suite struct ScriptedServerTests {
    private let object = #"{"metadata":{"name":"w"}}"#

    @Test(arguments: [
        (429, "Retry-After: 7\r\n", "", KubernetesError.Code.tooManyRequests(retryAfter: .seconds(7))),
        (429, "", "", .tooManyRequests(retryAfter: nil)),
        (429, "", #"{"details":{"retryAfterSeconds":3}}"#, .tooManyRequests(retryAfter: .seconds(3))),
        (429, "Retry-After: soon\r\n", "", .tooManyRequests(retryAfter: nil)),
        (429, "Retry-After: -7\r\n", "", .tooManyRequests(retryAfter: nil)),
        (429, "Retry-After: 86400000\r\n", "", .tooManyRequests(retryAfter: .seconds(300))),
        (503, "Retry-After: \(Int.max)\r\n", "", .serverError(status: 503, retryAfter: .seconds(300))),
        (
            503, "", #"{"details":{"retryAfterSeconds":9223372036854775807}}"#,
            .serverError(status: 503, retryAfter: .seconds(300))
        ),
        (500, "", "oh", .serverError(status: 500, retryAfter: nil)),
        (503, "Retry-After: 1\r\n", "", .serverError(status: 503, retryAfter: .seconds(1))),
        (504, "", #"{"reason":"Timeout"}"#, .serverError(status: 504, retryAfter: nil)),
        (403, "", #"{"message":"admission webhook \"x\" denied the request"}"#, .forbidden(missing: nil)),
        (404, "", "404 page not found", .unknownResource), (408, "", "", .timeout), (409, "", "", .conflict),
        (410, "", "", .gone), (415, "", "", .rejected(status: 415)), (302, "", "", .invalidResponse),
        (204, "", "", .invalidResponse),
    ])
    func `A status says what to do`(
        _ status: Int,
        _ header: String,
        _ body: String,
        _ code: KubernetesError.Code
    ) async throws {
        let server = try await ScriptedServer { _, _ in [.send(reply(status, body, header))] }
        try await withClient(server.access) { client in
            let error = try #require(await error { try await get(client) })
            #expect(error.code == code)
            #expect(server.requests.count == 1)
        }
        try await server.stop()
    }

    @Test func `A 401 is answered with the credentials as they are now, once`() async throws {
        let folder = try TemporaryFolder()
        let file = try folder.write("old", to: "token")
        let server = try await ScriptedServer { number, request in
            _ = try? folder.write("new", to: "token")
            return [.send(request.contains("Bearer new") ? reply(200, object) : reply(401, "no"))]
        }
        try await withClient(server.access(Credentials(token: .file(file)))) { client in
            try await get(client)
            try await get(client)
        }
        #expect(server.requests.map { $0.contains("Bearer new") } == [false, true, true])
        try await server.stop()
    }

    @Test func `A token that was replaced in a kubeconfig is kept`() async throws {
        let folder = try TemporaryFolder()
        let server = try await ScriptedServer { _, request in
            [.send(request.contains("Bearer new") ? reply(200, object) : reply(401, "no"))]
        }
        func kubeconfig(_ token: String) throws -> String {
            try folder.write(
                """
                current-context: c
                contexts: [{name: c, context: {cluster: c, user: u}}]
                clusters: [{name: c, cluster: {server: "https://127.0.0.1:\(server.access.cluster.server.port)",
                            certificate-authority: \(Certificates.path("ca.crt"))}}]
                users: [{name: u, user: {token: \(token)}}]
                """,
                to: "config"
            )
        }
        let access = try ClusterAccess.kubeconfig([kubeconfig("old")])
        try await withClient(access, rereadInterval: .zero) { client in
            _ = try kubeconfig("new")
            for _ in 0..<3 { try await get(client) }
        }
        #expect(server.requests.map { $0.contains("Bearer new") } == [false, true, true, true])
        try await server.stop()
    }

    @Test func `A call that is refused twice is not made a third time`() async throws {
        let server = try await ScriptedServer { _, _ in [.send(reply(401, "no"))] }
        try await withClient(server.access) { client in
            let error = try #require(await error { try await get(client) })
            #expect(error.code == .unauthorized)
            #expect(!error.description.contains("a-token"))
        }
        #expect(server.requests.count == 2)
        try await server.stop()
    }

    @Test func `Calls share kept connections and send what the API asks for`() async throws {
        let server = try await ScriptedServer { _, _ in [.send(reply(200, object))] }
        try await withClient(server.access) { client in
            for _ in 0..<3 {
                try await client.mergePatch(
                    .warehouses,
                    namespace: "n",
                    name: "w",
                    AnnotationPatch(["kargo.akuity.io/refresh": "x"]),
                    fieldManager: "a b"
                )
            }
        }
        let request = try #require(server.requests.last)
        #expect(
            request.hasPrefix(
                "PATCH /apis/kargo.akuity.io/v1alpha1/namespaces/n/warehouses/w?fieldManager=a%20b HTTP/1.1\r\n"
            )
        )
        let body = #"{"metadata":{"annotations":{"kargo.akuity.io/refresh":"x"}}}"#
        #expect(request.hasSuffix(body))
        for line in [
            "content-type: application/merge-patch+json", "authorization: bearer a-token",
            "content-length: \(body.utf8.count)",
        ] {
            #expect(request.lowercased().contains("\r\n\(line)\r\n"))
        }
        try await server.stop()
    }

    @Test func `A connection that is reset in the middle of a reply fails the call alone`() async throws {
        let server = try await ScriptedServer { number, _ in
            number == 0
                ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"metada"), .reset]
                : [.send(reply(200, object))]
        }
        try await withClient(server.access) { client in
            #expect(await code { try await get(client) } == .transport)
            try await get(client)
        }
        try await server.stop()
    }

    @Test(arguments: [
        "", "HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{", "HTTP/1.1 503 No\r\nContent-Length: 9\r\n\r\n",
    ])
    func `A server that stops answering is not waited for`(_ beginning: String) async throws {
        let server = try await ScriptedServer { _, _ in [.send(beginning), .stall] }
        try await withClient(server.access, timeout: .milliseconds(300)) { client in
            #expect(await code { try await get(client) } == .timeout)
            #expect(await code { _ = try await client.list(.warehouses).first { _ in true } } == .timeout)
            if !beginning.contains("200") {
                #expect(await code { _ = try await client.watch(.warehouses, from: "1") } == .timeout)
            }
        }
        try await server.stop()
    }

    @Test func `A watch from which nothing comes is given up`() async throws {
        let server = try await ScriptedServer { _, _ in [.send(watchHead), .stall] }
        try await withClient(server.access, watchIdleTimeout: .seconds(5)) { client in
            let events = try await client.watch(.warehouses, from: "1")
            #expect(await code { for try await _ in events {} } == .timeout)
        }
        try await server.stop()
    }

    @Test func `An event without end is not collected for ever`() async throws {
        let server = try await ScriptedServer { _, _ in
            [.send(watchHead), .sendForever(chunk(String(repeating: "x", count: 10_000)))]
        }
        try await withClient(server.access) { client in
            let events = try await client.watch(.warehouses, from: "1", lineLimit: 100_000)
            #expect(await code { for try await _ in events {} } == .invalidResponse)
        }
        try await server.stop()
    }

    @Test func `Events come whole, however they are cut`() async throws {
        let lines = (0..<3).map { #"{"type":"ADDED","object":{"metadata":{"name":"w-\#($0)"}}}"# + "\n" }
            .joined()
        let server = try await ScriptedServer { _, _ in
            [.send(watchHead)] + lines.map { .send(chunk(String($0))) } + [
                .send(chunk(lines)), .send(chunk("")),
            ]
        }
        try await withClient(server.access) { client in
            var names: [String] = []
            for try await event in try await client.watch(.warehouses, from: "1") {
                names.append(try event.object.metadata.name ?? "")
            }
            #expect(names == ["w-0", "w-1", "w-2", "w-0", "w-1", "w-2"])
        }
        try await server.stop()
    }

    @Test(arguments: [
        (
            #"{"type":"ERROR","object":{"kind":"Status","code":410,"message":"too old"}}"#,
            KubernetesError.Code.gone
        ),
        (
            #"{"type":"ERROR","object":{"kind":"Status","code":500}}"#,
            .serverError(status: 500, retryAfter: nil)
        ),
        (#"{"type":"RENAMED","object":{}}"#, .invalidResponse), (#"{"type":"ADDED"}"#, .invalidResponse),
        ("<html>", .invalidResponse), ("", .invalidResponse),
        (#"{"type":"ADDED","object":{}"#, .invalidResponse),
    ])
    func `What is no event ends a watch`(_ line: String, _ code: KubernetesError.Code) async throws {
        let server = try await ScriptedServer { _, _ in [.send(watchHead), .send(chunk(line + "\n"))] }
        try await withClient(server.access) { client in
            let events = try await client.watch(.warehouses, from: "1")
            let end = await KubernetesTests.code { for try await _ in events {} }
            #expect(end == code)
        }
        try await server.stop()
    }

    @Test func `A watch that breaks off is a transport error, and one that ends well is not`() async throws {
        let server = try await ScriptedServer { number, _ in
            [.send(watchHead), number == 0 ? .reset : .send(chunk(""))]
        }
        try await withClient(server.access) { client in
            let events = try await client.watch(.warehouses, from: "1")
            #expect(await code { for try await _ in events {} } == .transport)
            for try await _ in try await client.watch(.warehouses, from: "1") {}
        }
        try await server.stop()
    }

    @Test(arguments: [
        "", "{}", "[]", #"{"metadata":{}}"#, #"{"metadata":{"resourceVersion":"1"},"items":[{]}"#,
    ])
    func `What is no list is an invalid answer`(_ body: String) async throws {
        let server = try await ScriptedServer { _, _ in [.send(reply(200, body))] }
        try await withClient(server.access) { client in
            #expect(await code { for try await _ in client.list(.warehouses) {} } == .invalidResponse)
        }
        try await server.stop()
    }

    @Test(arguments: [("apiserver.test", true), ("another.test", false), (nil, false)])
    func `The certificate has to be for the name that is expected`(
        _ name: String?,
        _ isRight: Bool
    ) async throws {
        let server = try await ScriptedServer(certificate: "named") { _, _ in [.send(reply(200, object))] }
        let cluster = try server.access.cluster
        let access = ClusterAccess(
            cluster: Cluster(
                server: cluster.server,
                certificateAuthority: cluster.certificateAuthority,
                tlsServerName: name
            ),
            credentials: Credentials()
        )
        try await withClient(access) { client in
            #expect(await code { try await get(client) } == (isRight ? nil : .untrusted))
        }
        #expect(server.requests.allSatisfy { $0.contains("\r\nHost: 127.0.0.1:\(cluster.server.port)\r\n") })
        try await server.stop()
    }

    @Test func `A client that nobody holds any more closes its connections`() async throws {
        let server = try await ScriptedServer { _, _ in [.send(reply(200, object))] }
        var client: KubernetesClient? = try KubernetesClient(server.access)
        if let client { try await get(client) }
        #expect(server.openConnections == 1)
        client = nil
        try await waitUntil("it is closed") { server.openConnections == 0 }
        try await server.stop()
    }

    private func get(_ client: KubernetesClient) async throws {
        _ = try await client.get(.warehouses, namespace: "n", name: "w")
    }
}

let watchHead = "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"

func chunk(_ text: String) -> String { "\(String(text.utf8.count, radix: 16))\r\n\(text)\r\n" }
