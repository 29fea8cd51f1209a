// SPDX-License-Identifier: Apache-2.0

import Foundation
import Kubernetes
import TestSupport
import Testing

extension RealServerTests {
    @Suite struct AccessTests {
        @Test func `What a role does not allow names the rule that is missing`() async throws {
            let server = try await prepare("forbidden", warehouses: 1)
            try await withClient(server.access(.nobody)) { client in
                let calls: [(verb: String, call: () async throws -> Void)] = [
                    ("get", { _ = try await client.get(.warehouses, namespace: "forbidden", name: "w-0") }),
                    ("list", { for try await _ in client.list(.warehouses, namespace: "forbidden") {} }),
                    ("watch", { _ = try await client.watch(.warehouses, namespace: "forbidden", from: "1") }),
                    (
                        "patch",
                        {
                            try await client.mergePatch(
                                .warehouses,
                                namespace: "forbidden",
                                name: "w-0",
                                AnnotationPatch(["a": "b"]),
                                fieldManager: "t"
                            )
                        }
                    ),
                ]
                for (verb, call) in calls {
                    let error = try #require(await error(of: call))
                    guard case .forbidden(let rule?) = error.code else {
                        Issue.record("\(error)")
                        continue
                    }
                    #expect(
                        rule.verb == verb && rule.group == "kargo.akuity.io" && rule.resource == "warehouses"
                    )
                    #expect(rule.namespace == "forbidden")
                    let text = error.description
                    #expect(
                        text.contains(
                            #"apiGroups: ["kargo.akuity.io"], resources: ["warehouses"], verbs: ["\#(verb)"]"#
                        )
                    )
                    #expect(text.contains(#"User "nobody" cannot \#(verb) resource"#))
                    #expect(!text.contains(APIServer.Token.nobody.rawValue))
                }
            }
        }

        @Test func `A role that allows patching alone is enough to patch`() async throws {
            let server = try await prepare("limited", warehouses: 1)
            try await server.allowPatching(in: "limited")
            try await withClient(server.access(.limited)) { client in
                func patch() async throws {
                    try await client.mergePatch(
                        .warehouses,
                        namespace: "limited",
                        name: "w-0",
                        AnnotationPatch(["a": "b"]),
                        fieldManager: "t"
                    )
                }
                // The server learns of a role a moment after it was made.
                try await waitUntil("patching is allowed") { await code(of: patch) == nil }
                try await patch()
                let getting = await code {
                    _ = try await client.get(.warehouses, namespace: "limited", name: "w-0")
                }
                guard case .forbidden(let rule) = getting else {
                    Issue.record("\(String(describing: getting))")
                    return
                }
                #expect(rule?.verb == "get")
            }
        }

        @Test func `A token that was replaced in its file is healed by reading it once more`() async throws {
            let server = try await APIServer.shared
            let folder = try TemporaryFolder()
            let file = try folder.write("an-old-token", to: "token")
            try await withClient(server.access(Credentials(token: .file(file)))) { client in
                let before = try #require(await error { try await get(client) })
                #expect(before.code == .unauthorized)
                #expect(!before.description.contains("an-old-token"))
                try folder.write(APIServer.Token.admin.rawValue + "\n", to: "token")
                try await get(client)
            }
        }

        @Test func `A file is looked at again after a while, without being refused first`() async throws {
            let server = try await APIServer.shared
            let folder = try TemporaryFolder()
            let file = try folder.write(APIServer.Token.nobody.rawValue, to: "token")
            let access = try server.access(Credentials(token: .file(file)))
            try await withClient(access, rereadInterval: .zero) { client in
                guard case .forbidden = await code(of: { try await get(client) }) else {
                    Issue.record("nobody may do nothing")
                    return
                }
                try folder.write(APIServer.Token.admin.rawValue, to: "token")
                try await get(client)
                try FileManager.default.removeItem(atPath: file)
                let error = try #require(await error { try await get(client) })
                #expect(error.code == .credentials)
                #expect(error.description.contains(file) && error.description.contains("ENOENT"))
            }
        }

        @Test func `A service account's folder and environment are enough in a pod`() async throws {
            let server = try await APIServer.shared
            let folder = try TemporaryFolder()
            try folder.write(APIServer.Token.admin.rawValue, to: "token")
            try folder.write("kargo\n", to: "namespace")
            try folder.write(try Certificates.text("ca.crt"), to: "ca.crt")
            let environment = [
                "KUBERNETES_SERVICE_HOST": "127.0.0.1", "KUBERNETES_SERVICE_PORT": "\(server.port)",
            ]
            let access = try #require(
                try ClusterAccess.inCluster(environment: environment, folder: folder.path)
            )
            try await withClient(access) { client in
                #expect(client.namespace == "kargo")
                try await get(client)
            }
        }

        @Test func `A client certificate is enough`() async throws {
            let server = try await APIServer.shared
            let certificate = Credentials.ClientCertificate(
                chain: .file(try Certificates.path("client.crt")),
                key: .file(try Certificates.path("client.key"))
            )
            try await withClient(server.access(Credentials(certificate: certificate))) { try await get($0) }
        }

        @Test func `A server that the cluster's authority does not vouch for is not spoken to`() async throws
        {
            let server = try await APIServer.shared
            let token = Credentials(token: .text(Confidential(APIServer.Token.admin.rawValue)))
            try await withClient(server.access(token, authority: "other-ca.crt")) { client in
                let error = try #require(await error { try await get(client) })
                #expect(error.code == .untrusted)
                #expect(error.description.contains("CERTIFICATE_VERIFY_FAILED"))
            }
        }

        @Test func `Without credentials the server knows nobody`() async throws {
            let server = try await APIServer.shared
            try await withClient(server.access(Credentials())) { client in
                let error = try #require(await error { try await get(client) })
                #expect(error.description.contains("system:anonymous") || error.code == .unauthorized)
            }
        }

        private func get(_ client: KubernetesClient) async throws {
            _ = try await client.get(.namespaces, namespace: nil, name: "default")
        }
    }
}
