// SPDX-License-Identifier: Apache-2.0

import Kubernetes
import POSIX
import Sinks
import Subscriptions
import TestSupport
import Testing

/// What a sink makes of troubles that a real API server cannot be made to have.
@Suite struct ScriptedSinkTests {
    private let refresh = Refresh(
        target: Target(namespace: "n", name: "w"),
        token: Timestamp(microseconds: 1_767_225_600_000_001)
    )
    private let object = #"{"metadata":{"name":"w"}}"#

    private func sink(_ server: ScriptedServer, timeout: Duration = .seconds(60)) throws -> KubernetesSink {
        try KubernetesSink(
            client: KubernetesClient(server.access, timeout: timeout),
            fieldManager: "webhook-fcgi",
            maxConcurrent: 1
        )
    }

    @Test(
        arguments: [
            (409, "", "", nil), (429, "Retry-After: 7\r\n", "", .seconds(7)), (500, "", "", nil),
            (503, "Retry-After: 2\r\n", "", .seconds(2)), (403, "", "", nil), (422, "", "", nil),
            // What an API server says that does not know Warehouses.
            (404, "", "404 page not found", nil),
        ] as [(Int, String, String, Duration?)]
    )
    func `What may work later is tried again, not before the server asks for it`(
        _ status: Int,
        _ header: String,
        _ body: String,
        _ retryAfter: Duration?
    ) async throws {
        let server = try await ScriptedServer { number, _ in
            [.send(number == 0 ? reply(status, body, header) : reply(200, object))]
        }
        let sink = try sink(server)
        let error = try #require(await sink.deliver([refresh])[refresh])
        #expect(error.code == .unavailable && error.retryAfter == retryAfter)
        #expect(error.description.contains("\(status)"))
        #expect(await sink.deliver([refresh]).isEmpty)
        try await server.stop()
    }

    @Test(arguments: [ScriptedServer.Step.reset, .stall])
    func `A reply that stops half-way is tried again`(_ end: ScriptedServer.Step) async throws {
        let server = try await ScriptedServer { number, _ in
            number == 0
                ? [.send("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"metada"), end]
                : [.send(reply(200, object))]
        }
        let sink = try sink(server, timeout: .seconds(1))
        #expect(await sink.deliver([refresh])[refresh]?.code == .unavailable)
        // On a busy machine a second may be too short for any reply.
        try await waitUntil("it is delivered") { await sink.deliver([refresh]).isEmpty }
        try await server.stop()
    }

    @Test func `Only a check is a dry run, of the patch that a refresh is`() async throws {
        let server = try await ScriptedServer { _, _ in [.send(reply(200, object))] }
        let sink = try sink(server)
        #expect(await sink.deliver([refresh]).isEmpty)
        try await sink.check(refresh.target)
        let lines = server.requests.compactMap { $0.split(separator: "\r\n").first }
        let path = "/apis/kargo.akuity.io/v1alpha1/namespaces/n/warehouses/w?fieldManager=webhook-fcgi"
        #expect(lines == ["PATCH \(path) HTTP/1.1", "PATCH \(path)&dryRun=All HTTP/1.1"])
        let body =
            #"{"metadata":{"annotations":{"kargo.akuity.io/refresh":"2026-01-01T00:00:00.000001Z"}}}"#
        #expect(server.requests.first?.hasSuffix(body) == true)
        try await server.stop()
    }
}
