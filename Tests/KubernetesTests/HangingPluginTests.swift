// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import Kubernetes
import TestSupport
import Testing

/// A credential plugin that takes longer than a call may.
@Suite struct HangingPluginTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test func `A plugin that hangs costs a call its time, and is stopped with what it has started`()
        async throws
    {
        try plugin("sleep 1000 & echo $! >>'\(folder.path)/pids'; wait")
        try await withScriptedClient(timeout: .seconds(1)) { client in
            let error = try #require(await error { try await get(client) })
            #expect(error.code == .timeout && error.description.contains("plugin.sh"), "\(error)")
            try await waitUntilStopped()
        }
    }

    @Test func `A call that is cancelled does not wait for a plugin, which is stopped`() async throws {
        try plugin("sleep 1000 & echo $! >>'\(folder.path)/pids'; wait")
        try await withScriptedClient(timeout: .seconds(1000)) { client in
            let call = Task { await code { try await get(client) } }
            try await waitUntil("the plugin runs") { pids.count == 2 }
            call.cancel()
            #expect(await call.value == .cancelled)
            try await waitUntilStopped()
        }
    }

    @Test func `A plugin runs on as long as one call waits for it`() async throws {
        try plugin(
            """
            while [ ! -e '\(folder.path)/go' ]; do sleep 0.02; done
            echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"t"}}'
            """
        )
        try await withScriptedClient(timeout: .seconds(1000)) { client in
            let calls = (0..<2).map { _ in Task { await code { try await get(client) } } }
            try await waitUntil("the plugin runs") { pids.count == 1 }
            calls[0].cancel()
            #expect(await calls[0].value == .cancelled)
            try folder.write("", to: "go")
            #expect(await calls[1].value == nil)
            #expect(pids.count == 1)
        }
    }

    @Test func `A plugin has nothing open that is not its own`() async throws {
        let ours = fcntl(STDIN_FILENO, F_DUPFD, 200)
        defer { close(ours) }
        try plugin("ls /proc/$$/fd >'\(folder.path)/open'")
        try await withScriptedClient(timeout: .seconds(1000)) { client in
            _ = await error { try await get(client) }
        }
        let open = folder.read("open").split(separator: "\n").map(String.init)
        #expect(Set(["0", "1", "2"]).isSubset(of: open) && !open.contains("\(ours)"), "\(open)")
    }

    /// The first line is the plugin's own.
    private func plugin(_ script: String) throws {
        try folder.write(
            "#!/bin/sh\necho $$ >>'\(folder.path)/pids'\n\(script)\n",
            to: "plugin.sh",
            mode: 0o755
        )
    }

    private var pids: [pid_t] { folder.read("pids").split(separator: "\n").compactMap { pid_t($0) } }

    private func waitUntilStopped() async throws {
        try await waitUntil("the plugin is stopped") { pids.count == 2 && pids.allSatisfy(hasEnded) }
    }

    /// A process that ended may be left to whoever adopted it.
    private func hasEnded(_ pid: pid_t) -> Bool {
        guard let status = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8) else {
            return true
        }
        return status.contains(") Z ")
    }

    private func withScriptedClient(
        timeout: Duration,
        _ body: (KubernetesClient) async throws -> Void
    ) async throws {
        let server = try await ScriptedServer { _, _ in [.send(reply(200, #"{"metadata":{"name":"w"}}"#))] }
        let plugin = CredentialPlugin(command: "\(folder.path)/plugin.sh", timeout: .seconds(900))
        try await withClient(server.access(Credentials(token: .plugin(plugin))), timeout: timeout, body)
        try await server.stop()
    }

    private func get(_ client: KubernetesClient) async throws {
        _ = try await client.get(.warehouses, namespace: "n", name: "w")
    }
}
