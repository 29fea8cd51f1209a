// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Config

/// The paths at which Kargo's own server answers, which its controller writes into the status.
@Suite struct KargoPathTests {
    private static let hash = String(repeating: "0a", count: 32)

    /// Of `kargo-demo`, `harbor-wh-receiver` and `s3cr3t`.
    private static let own =
        "/webhooks/harbor/a900916ddc97d5fc477a6e9012a87051bb9ee703b4218ad6379bf1459ec2599c"

    private func load(status: String) throws -> LoadResult {
        let project = harborProject.replacing("---\n", with: "status: { webhookReceivers: \(status) }\n---\n")
        return try ConfigTests.load(project)
    }

    @Test(arguments: [
        (#"[{ name: harbor-wh-receiver, path: /harbor/HASH }]"#, "/harbor/HASH"),
        (
            #"[{ name: harbor-wh-receiver, url: "https://kargo.example.com/a/harbor/HASH" }]"#,
            "/a/harbor/HASH"
        ),
        (
            #"[{ name: x, path: /harbor/0 }, { name: harbor-wh-receiver, path: /harbor/HASH }]"#,
            "/harbor/HASH"
        ),
    ])
    func `A receiver answers at the path in its status too`(_ status: String, _ path: String) throws {
        let path = path.replacing("HASH", with: Self.hash)
        let result = try load(status: status.replacing("HASH", with: Self.hash))
        #expect(result.problems.isEmpty)
        #expect(result.snapshot.receiver(at: path)?.name == "harbor-wh-receiver")
        #expect(result.snapshot.receiver(at: Self.own)?.name == "harbor-wh-receiver")
    }

    @Test(arguments: [
        "[{ name: another, path: /harbor/HASH }]", "[{ name: harbor-wh-receiver, path: /azure/HASH }]",
        "[{ name: harbor-wh-receiver, path: /harbor/HASH0 }]",
        "[{ name: harbor-wh-receiver, path: /harbor }]",
        "[{ name: harbor-wh-receiver, path: /harbor/ }]", "[{ name: harbor-wh-receiver, path: harbor/HASH }]",
        #"[{ name: harbor-wh-receiver, path: "/a;b/harbor/HASH" }]"#,
        #"[{ name: harbor-wh-receiver, url: "/harbor/HASH" }]"#, "[]", "{}", "harbor-wh-receiver",
        "[harbor-wh-receiver]", "[{ path: /harbor/HASH }]", "[{ name: harbor-wh-receiver }]",
    ])
    func `What is not this receiver's, or has not Kargo's form, is not taken`(_ status: String) throws {
        let result = try load(status: status.replacing("HASH", with: Self.hash))
        #expect(result.problems.isEmpty)
        #expect(result.snapshot.receivers.map(\.kargoPaths) == [[]])
    }

    @Test func `The path that it has anyway is no further one`() throws {
        let result = try load(status: "[{ name: harbor-wh-receiver, path: \(Self.own) }]")
        #expect(result.problems.isEmpty)
        #expect(result.snapshot.receivers.map(\.kargoPaths) == [[]])
    }

    @Test(arguments: ["/harbor/\(hash)", own])
    func `A path that another receiver has is nobody's further path`(_ path: String) throws {
        let result = try ConfigTests.load(
            """
            \(harborProject)
            ---
            apiVersion: kargo.akuity.io/v1alpha1
            kind: ProjectConfig
            metadata: { name: other, namespace: other }
            spec:
              webhookReceivers:
              - { name: a, harbor: { secretRef: { name: s } } }
              - { name: b, harbor: { secretRef: { name: s } } }
            status: { webhookReceivers: [{ name: a, path: \(path) }, { name: b, path: \(path) }] }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: s, namespace: other }
            stringData: { auth-header: other }
            """
        )
        #expect(result.receiverNames == ["kargo-demo/harbor-wh-receiver", "other/a", "other/b"])
        #expect(result.snapshot.receiver(at: Self.own)?.project == "kargo-demo")
        #expect(result.snapshot.receiver(at: "/harbor/\(Self.hash)") == nil)
        #expect(result.problems.map(\.severity) == [.warning, .warning])
        #expect(result.problems.allSatisfy { $0.message.contains("has a path in its status that another") })
    }
}
