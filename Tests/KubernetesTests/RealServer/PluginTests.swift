// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kubernetes
import NIOConcurrencyHelpers
import POSIX
import TestSupport
import Testing

extension RealServerTests {
    @Suite struct PluginTests {
        private let folder: TemporaryFolder

        init() throws { folder = try TemporaryFolder() }

        @Test(arguments: CredentialPlugin.Version.allCases)
        func `A plugin named in a kubeconfig gives the token`(
            _ version: CredentialPlugin.Version
        ) async throws {
            let server = try await APIServer.shared
            try plugin(
                #"printf '{"kind":"ExecCredential","apiVersion":"%s","status":{"token":"%s"}}' "$1" "$TOKEN""#
            )
            let kubeconfig = try folder.write(
                """
                current-context: c
                contexts: [{name: c, context: {cluster: c, user: u, namespace: kargo-demo}}]
                clusters:
                - name: c
                  cluster: {server: "https://127.0.0.1:\(server.port)", certificate-authority: ca.crt}
                users:
                - name: u
                  user:
                    exec:
                      apiVersion: \(version.rawValue)
                      command: ./plugin.sh
                      args: [\(version.rawValue)]
                      env: [{name: TOKEN, value: \(APIServer.Token.admin.rawValue)}]
                      interactiveMode: Never
                """,
                to: "config"
            )
            try folder.write(try Certificates.text("ca.crt"), to: "ca.crt")
            try await withClient(ClusterAccess.discover(kubeconfig: kubeconfig, environment: [:])) { client in
                #expect(client.namespace == "kargo-demo")
                try await get(client)
                try await get(client)
            }
            #expect(runs() == 1)
        }

        @Test func `A plugin may give a certificate`() async throws {
            let server = try await APIServer.shared
            let status = try JSONEncoder().encode([
                "clientCertificateData": try Certificates.text("client.crt"),
                "clientKeyData": try Certificates.text("client.key"),
            ])
            try folder.write(
                #"{"kind":"ExecCredential","apiVersion":"\#(v1)","status":\#(String(decoding: status, as: UTF8.self))}"#,
                to: "reply"
            )
            try plugin("cat '\(folder.path)/reply'")
            try await withClient(access(server)) { try await get($0) }
        }

        @Test func `A plugin runs again when what it gave expires`() async throws {
            let server = try await APIServer.shared
            try plugin(
                reply(
                    #""token":"\#(APIServer.Token.admin.rawValue)","expirationTimestamp":"2026-01-01T01:00:00Z""#
                )
            )
            // 2026-01-01T00:00:00Z, and then.
            let now = NIOLockedValueBox(Timestamp(microseconds: 1_767_225_600_000_000))
            let client = try KubernetesClient(access(server)) { now.withLockedValue { $0 } }
            try await get(client)
            try await get(client)
            #expect(runs() == 1)
            now.withLockedValue { $0 = Timestamp(microseconds: $0.microseconds + 3_600_000_000) }
            try await get(client)
            #expect(runs() == 2)
            await client.shutdown()
        }

        @Test func `A plugin runs once more when the server refuses what it gave`() async throws {
            let server = try await APIServer.shared
            try plugin(
                """
                if [ "$(wc -l <'\(folder.path)/runs')" -gt 1 ]; then token=\(APIServer.Token.admin.rawValue); fi
                \(reply(#""token":"'"${token:-old}"'""#))
                """
            )
            try await withClient(access(server)) { try await get($0) }
            #expect(runs() == 2)
        }

        @Test func `Calls that start together run a plugin once`() async throws {
            let server = try await APIServer.shared
            try plugin("sleep 0.2\n" + reply(#""token":"\#(APIServer.Token.admin.rawValue)""#))
            try await withClient(access(server)) { client in
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 { group.addTask { try await get(client) } }
                    try await group.waitForAll()
                }
            }
            #expect(runs() == 1)
        }

        @Test(arguments: [
            ("echo 'no such login' >&2; echo token-1; exit 3", "exited with status 3: no such login"),
            ("kill -9 $$", "signal 9"), ("echo token-1", "no ExecCredential"), ("", "no ExecCredential"),
            ("head -c 2000000 /dev/zero; sleep 100", "more than 1048576 bytes"),
            (
                #"echo '{"kind":"ExecCredential","apiVersion":"v1","status":{"token":"token-1"}}'"#,
                "of client.auth"
            ),
            (
                #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{}}'"#,
                "neither"
            ),
            (
                #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"clientKeyData":"token-1"}}'"#,
                "without its key"
            ),
            (
                #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"token-1","expirationTimestamp":"soon"}}'"#,
                "expirationTimestamp"
            ),
            (
                #"echo '{"kind":"ExecCredential","apiVersion":"client.authentication.k8s.io/v1","status":{"token":"token-1\u0001"}}'"#,
                "characters"
            ),
        ])
        func `A plugin that fails says why, and not what it wrote`(
            _ script: String,
            _ words: String
        ) async throws {
            let server = try await APIServer.shared
            try plugin(script)
            try await withClient(access(server)) { client in
                let error = try #require(await error { try await get(client) })
                #expect(error.code == .credentials)
                #expect(error.description.contains(words) && error.description.contains("plugin.sh"))
                #expect(!error.description.contains("token-1"))
            }
        }

        @Test func `A plugin that cannot be started says why`() async throws {
            let server = try await APIServer.shared
            try await withClient(access(server)) { client in
                let error = try #require(await error { try await get(client) })
                #expect(error.code == .credentials && error.description.contains("ENOENT"))
            }
        }

        private let v1 = CredentialPlugin.Version.v1.rawValue

        private func plugin(_ script: String) throws {
            try folder.write(
                "#!/bin/sh\necho run >>'\(folder.path)/runs'\n\(script)\n",
                to: "plugin.sh",
                mode: 0o755
            )
        }

        private func reply(_ status: String) -> String {
            #"echo '{"kind":"ExecCredential","apiVersion":"\#(v1)","status":{\#(status)}}'"#
        }

        private func runs() -> Int { folder.read("runs").split(separator: "\n").count }

        private func access(_ server: APIServer) throws -> ClusterAccess {
            try server.access(
                Credentials(token: .plugin(CredentialPlugin(command: "\(folder.path)/plugin.sh")))
            )
        }

        private func get(_ client: KubernetesClient) async throws {
            _ = try await client.get(.namespaces, namespace: nil, name: "default")
        }
    }
}
