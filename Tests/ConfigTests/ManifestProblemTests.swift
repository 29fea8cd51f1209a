// SPDX-License-Identifier: Apache-2.0

import Handlers
import TestSupport
import Testing

@testable import Config

/// Every mistake a manifest can have, with its text, and what stays sound beside it.
@Suite struct ManifestProblemTests {
    private func config(_ receivers: String, namespace: String = "kargo-demo") -> String {
        """
        apiVersion: kargo.akuity.io/v1alpha1
        kind: ProjectConfig
        metadata: { name: kargo-demo, namespace: \(namespace) }
        spec:
          webhookReceivers:
        \(receivers)
        ---
        \(harborSecret)
        """
    }

    private func expect(
        _ manifests: String,
        _ messages: [String],
        receivers: [String] = [],
        sourceLocation: SourceLocation = #_sourceLocation
    ) throws {
        let folder = try TemporaryFolder(["m.yaml": manifests])
        let result = try load(folder)
        #expect(result.messages(in: folder) == messages, sourceLocation: sourceLocation)
        #expect(result.receiverNames == receivers, sourceLocation: sourceLocation)
        #expect(result.isComplete, sourceLocation: sourceLocation)
    }

    @Test(
        "A broken receiver is left out, and its neighbour is not",
        arguments: [
            ("- text", "spec.webhookReceivers[1] must be a mapping, but is text"),
            ("- harbor: {}", "spec.webhookReceivers[1].name is missing: add it"),
            ("- name: 5", "spec.webhookReceivers[1].name must be text, but is a number: put it in quotes"),
            (
                "- name: A_b",
                "spec.webhookReceivers[1].name 'A_b' is no valid name: use lower-case letters, digits, '-' and '.', at most 253, a letter or digit at either end"
            ),
            ("- name: b", "receiver 'b' has no type: add azure, dockerhub or harbor with its secretRef"),
            (
                "- { name: b, azure: {}, harbor: {} }",
                "receiver 'b' has several types, 'azure' and 'harbor': keep one"
            ),
            (
                "- { name: b, github: {} }",
                "receiver 'b' is of type 'github', which this version does not serve (it serves azure, dockerhub and harbor): leave it to Kargo's own webhooks server"
            ),
            (
                "- { name: b, harbour: {} }",
                "receiver 'b' has an unknown type 'harbour': did you mean 'harbor'?"
            ),
            (
                "- { name: b, sourceforge: {} }",
                "receiver 'b' has an unknown type 'sourceforge': known here: azure, dockerhub and harbor"
            ),
            ("- { name: b, harbor: x }", "spec.webhookReceivers[1].harbor must be a mapping, but is text"),
            (
                "- { name: b, harbor: {} }",
                "spec.webhookReceivers[1].harbor.secretRef.name is missing: add the name of the receiver's Secret"
            ),
            (
                "- { name: b, harbor: { secretRef: x } }",
                "spec.webhookReceivers[1].harbor.secretRef must be a mapping, but is text"
            ),
            (
                "- { name: b, harbor: { secretRef: { nam: x } } }",
                "spec.webhookReceivers[1].harbor.secretRef.name is missing: add it"
            ),
            (
                "- { name: b, harbor: { secretRef: { name: gone } } }",
                "receiver 'b' of project 'kargo-demo' is left out, because its Secret kargo-demo/gone is not there: add it"
            ),
        ]
    )
    func receiver(broken: String, message: String) throws {
        try expect(
            config("  - { name: a, harbor: { secretRef: { name: harbor-wh-secret } } }\n  \(broken)"),
            ["m.yaml:7: \(message)"],
            receivers: ["kargo-demo/a"]
        )
    }

    @Test("Two receivers of one name are both left out")
    func repeatedReceiver() throws {
        let receiver = "  - { name: a, harbor: { secretRef: { name: harbor-wh-secret } } }\n"
        try expect(
            config(receiver + receiver + receiver.replacing("name: a,", with: "name: c,")),
            [
                "m.yaml:7: receiver 'a' is defined a second time, first at m.yaml:6: neither is used, rename or remove one"
            ],
            receivers: ["kargo-demo/c"]
        )
    }

    @Test("Two receivers with one URL are both left out")
    func sharedURL() throws {
        func project(_ name: String, receiver: String) -> String {
            """
            apiVersion: kargo.akuity.io/v1alpha1
            kind: ProjectConfig
            metadata: { name: \(name), namespace: \(name) }
            spec: { webhookReceivers: [{ name: \(receiver), azure: { secretRef: { name: s } } }] }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: s, namespace: \(name) }
            stringData: { secret: s3cr3t }
            ---

            """
        }
        try expect(
            project("a", receiver: "bc") + project("ab", receiver: "c") + harborProject,
            [
                "m.yaml:4: receiver 'bc' has the same URL as the one at m.yaml:14: all of them are left out, give each a secret of its own",
                "m.yaml:14: receiver 'c' has the same URL as the one at m.yaml:4: all of them are left out, give each a secret of its own",
            ],
            receivers: ["kargo-demo/harbor-wh-receiver"]
        )
    }

    @Test(
        "A Secret without a usable value leaves its receiver out",
        arguments: [
            (
                "data: { secret: czNjcjN0 }",
                "m.yaml:10: Secret kargo-demo/harbor-wh-secret has no key 'auth-header': add it, receiver 'harbor-wh-receiver' of project 'kargo-demo' is left out until then"
            ),
            (
                "data: { auth-header: s3cr3t! }",
                "m.yaml:13: data.auth-header is not valid base64: encode it, or use stringData"
            ),
            ("data: { auth-header: '' }", "m.yaml:13: data.auth-header is empty: give it a value"),
            (
                "stringData: { auth-header: '' }",
                "m.yaml:13: stringData.auth-header is empty: give it a value"
            ),
            (
                "stringData: { auth-header: 4711 }",
                "m.yaml:13: stringData.auth-header must be text, but is a number: put it in quotes"
            ),
            (
                "stringData: { auth-header: [s3cr3t] }",
                "m.yaml:13: stringData.auth-header must be text, but is a list"
            ),
        ]
    )
    func secret(data: String, message: String) throws {
        try expect(harborProject.replacing("data: { auth-header: czNjcjN0 }", with: data), [message])
    }

    @Test("Data that is no mapping is reported with the key that is missing")
    func secretOfWrongShape() throws {
        try expect(
            harborProject.replacing("data: { auth-header: czNjcjN0 }", with: "data: s3cr3t"),
            [
                "m.yaml:10: Secret kargo-demo/harbor-wh-secret has no key 'auth-header': add it, receiver 'harbor-wh-receiver' of project 'kargo-demo' is left out until then",
                "m.yaml:13: data must be a mapping, but is text",
            ]
        )
    }

    @Test("A secret that ends with a newline is a warning, and its hash is over the exact bytes")
    func trailingNewline() throws {
        let folder = try TemporaryFolder(["m.yaml": harborProject.replacing("czNjcjN0", with: "czNjcjN0Cg==")]
        )
        let result = try load(folder)
        #expect(
            result.messages(in: folder) == [
                "m.yaml:13: warning: the value of 'auth-header' in Secret kargo-demo/harbor-wh-secret ends with a newline, so no header can ever equal it: encode it without one, as in printf %s 'value' | base64"
            ]
        )
        #expect(result.snapshot.receivers.first?.secret.matches("s3cr3t\n") == true)
    }

    @Test("Base64 may be broken into lines, as Kubernetes allows")
    func wrappedBase64() throws {
        try expect(
            harborProject.replacing("czNjcjN0", with: "\"czNj\\ncjN0\""),
            [],
            receivers: ["kargo-demo/harbor-wh-receiver"]
        )
    }

    @Test("Of an object that is defined twice neither definition is used")
    func repeatedObject() throws {
        let folder = try TemporaryFolder([
            "a.yaml": harborProject, "b.yaml": "\n" + harborSecret,
            "c.yaml": warehouse("api", image: "x") + "\n---\n" + warehouse("api", image: "y"),
        ])
        let result = try load(folder)
        #expect(
            result.messages(in: folder) == [
                "a.yaml:8: receiver 'harbor-wh-receiver' of project 'kargo-demo' is left out, because its Secret kargo-demo/harbor-wh-secret is defined twice: remove one",
                "b.yaml:2: Secret kargo-demo/harbor-wh-secret is defined a second time, first at a.yaml:10: neither is used, remove one",
                "c.yaml:8: Warehouse kargo-demo/api is defined a second time, first at c.yaml:1: neither is used, remove one",
            ]
        )
        #expect(result.snapshot.receivers.isEmpty)
        #expect(result.snapshot.warehouseCount == 0)
        #expect(result.targets(ofImage: "x").isEmpty)
    }

    @Test("A ProjectConfig is named like its namespace")
    func projectName() throws {
        try expect(
            config("  - { name: a, harbor: { secretRef: { name: s } } }", namespace: "other"),
            [
                "m.yaml:1: ProjectConfig 'kargo-demo' is in namespace 'other': both must be the project's name, its receivers are left out until they are"
            ]
        )
    }

    @Test("A ClusterConfig is named cluster")
    func clusterName() throws {
        try expect(
            "{ apiVersion: kargo.akuity.io/v1alpha1, kind: ClusterConfig, metadata: { name: main } }",
            ["m.yaml:1: ClusterConfig 'main' must be named 'cluster': its receivers are left out until it is"]
        )
    }

    @Test(
        "An object without a sound name is left out",
        arguments: [
            ("", ["m.yaml:1: metadata is missing: add it, with the object's name"]),
            ("metadata: x", ["m.yaml:3: metadata must be a mapping, but is text"]),
            (
                "metadata: { labels: {} }",
                [
                    "m.yaml:3: metadata.name is missing: add it",
                    "m.yaml:3: metadata.namespace is missing: add it",
                ]
            ),
            (
                "metadata: { name: ../../etc, namespace: a.b }",
                [
                    "m.yaml:3: metadata.name '../../etc' is no valid name: use lower-case letters, digits, '-' and '.', at most 253, a letter or digit at either end",
                    "m.yaml:3: metadata.namespace 'a.b' is no valid name: use lower-case letters, digits and '-', at most 63, no '-' at either end",
                ]
            ),
        ]
    )
    func metadata(metadata: String, messages: [String]) throws {
        try expect("apiVersion: kargo.akuity.io/v1alpha1\nkind: Warehouse\n\(metadata)", messages)
    }

    @Test(
        "Names are DNS-1123",
        arguments: [
            ("a", true, true), ("a-1", true, true), ("a.b", false, true), ("", false, false),
            ("-a", false, false),
            ("a-", false, false), ("A", false, false), ("a..b", false, false), (".a", false, false),
            ("a/b", false, false), ("ä", false, false), ("a\n", false, false),
            (String(repeating: "a", count: 63), true, true), (String(repeating: "a", count: 64), false, true),
            (String(repeating: "a", count: 253), false, true),
            (String(repeating: "a", count: 254), false, false),
        ]
    )
    func names(name: String, isLabel: Bool, isSubdomain: Bool) {
        #expect(isDNSLabel(name) == isLabel)
        #expect(isDNSSubdomain(name) == isSubdomain)
    }

    @Test("A version or a document that is not understood is a warning")
    func unknownVersion() throws {
        try expect(
            "{ apiVersion: kargo.akuity.io/v2, kind: Warehouse }\n---\na: b\n---\n{ apiVersion: v2, kind: SecretList }",
            [
                "m.yaml:1: warning: skipped, because this version reads Warehouse only as kargo.akuity.io/v1alpha1, not 'kargo.akuity.io/v2'",
                "m.yaml:3: warning: skipped, it has no apiVersion and kind: what is no manifest should be elsewhere",
                "m.yaml:5: warning: skipped, because this version reads Secret only as v1, not 'v2'",
            ]
        )
        try expect("- a", ["m.yaml:1: the document must be a mapping, but is a list"])
    }

    @Test(
        "A broken subscription is left out, and the Warehouse's others are not",
        arguments: [
            (
                "- text",
                ["m.yaml:7: Warehouse kargo-demo/api: spec.subscriptions[1] must be a mapping, but is text"]
            ),
            (
                "- name: a",
                [
                    "m.yaml:7: Warehouse kargo-demo/api: spec.subscriptions[1] has no type: add git, image or chart"
                ]
            ),
            (
                "- git: x",
                [
                    "m.yaml:7: Warehouse kargo-demo/api: spec.subscriptions[1].git must be a mapping, but is text"
                ]
            ),
            (
                "- git: { branch: main }",
                ["m.yaml:7: Warehouse kargo-demo/api: spec.subscriptions[1].git.repoURL is missing: add it"]
            ),
            (
                "- git: { repoURL: [] }",
                [
                    "m.yaml:7: Warehouse kargo-demo/api: spec.subscriptions[1].git.repoURL must be text, but is a list"
                ]
            ),
            (
                "- chart: { repoURL: '' }",
                [
                    "m.yaml:7: Warehouse kargo-demo/api: spec.subscriptions[1].chart.repoURL is empty: give it a value"
                ]
            ),
            (
                "- { git: { repoURL: x }, image: { repoURL: x } }",
                [
                    "m.yaml:7: Warehouse kargo-demo/api: spec.subscriptions[1] has several types, git and image: make a subscription of each"
                ]
            ),
            ("- { name: a, git: { repoURL: https://example.com/a.git } }", []),
            ("- { name: a, webhook: { anything: 1 } }", []),
        ]
    )
    func subscription(broken: String, messages: [String]) throws {
        let folder = try TemporaryFolder(["m.yaml": warehouse("api", image: "x") + "\n  \(broken)\n"])
        let result = try load(folder)
        #expect(result.messages(in: folder) == messages)
        #expect(result.targets(ofImage: "x") == ["kargo-demo/api"])
        #expect(result.snapshot.warehouseCount == 1)
    }

    @Test(
        "A Warehouse without subscriptions is a warning",
        arguments: ["", "spec: {}", "spec: { subscriptions: [] }"]
    )
    func noSubscriptions(spec: String) throws {
        let head =
            "apiVersion: kargo.akuity.io/v1alpha1\nkind: Warehouse\nmetadata: { name: a, namespace: a }\n"
        try expect(
            head + spec,
            [
                "m.yaml:\(spec.isEmpty ? 1 : 4): warning: Warehouse a/a: it has no subscriptions and will never be refreshed: add one"
            ]
        )
    }

    @Test("No problem, and no description of a receiver, holds a secret")
    func noSecrets() throws {
        let variants = [
            "stringData: { auth-header: TOPSECRET: }", "stringData: { auth-header: [TOPSECRET] }",
            "stringData: { auth-header: *TOPSECRET }", "stringData: TOPSECRET",
            "data: { auth-header: TOPSECRET! }",
            "stringData: { auth-header: \"TOPSECRET\\n\" }", "stringData:\n  auth-header: TOPSECRET: x",
            "stringData:\n\tauth-header: TOPSECRET", "stringData: { auth-header: \"TOPSECRET }",
            "stringData: { auth-header: !TOPSECRET x }",
            "stringData: { auth-header: TOPSECRET, auth-header: TOPSECRET }",
        ]
        for variant in variants {
            let result = try load(harborProject.replacing("data: { auth-header: czNjcjN0 }", with: variant))
            #expect(!result.problems.description.contains("TOPSECRET"), "\(variant)")
        }
        let result = try load(harborProject)
        let receiver = try #require(result.snapshot.receivers.first)
        for text in ["\(receiver)", String(reflecting: receiver), "\(receiver.secret)"] {
            #expect(!text.contains("s3cr3t") && !text.contains(receiver.path))
        }
    }
}
