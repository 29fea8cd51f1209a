// SPDX-License-Identifier: Apache-2.0

import Handlers
import TestSupport
import Testing

@testable import Config

@Suite struct DirectorySourceTests {
    @Test("A project's receiver is joined with its Secret, and found at Kargo's URL")
    func receiver() throws {
        let result = try load(harborProject + "\n---\n" + warehouse("api", image: "example/api"))
        #expect(result.problems.isEmpty)
        #expect(result.isComplete)
        #expect(result.receiverNames == ["kargo-demo/harbor-wh-receiver"])
        #expect(result.snapshot.receivers.first?.secret.matches("s3cr3t") == true)
        #expect(result.snapshot.warehouseCount == 1)
        #expect(result.targets(ofImage: "docker.io/example/api:1.0") == ["kargo-demo/api"])
    }

    @Test("A cluster's receiver has its Secret in the system resources namespace")
    func clusterReceiver() throws {
        let result = try load(
            """
            apiVersion: kargo.akuity.io/v1alpha1
            kind: ClusterConfig
            metadata: { name: cluster }
            spec:
              webhookReceivers:
              - { name: hub, dockerhub: { secretRef: { name: hub } } }
            ---
            apiVersion: v1
            kind: Secret
            metadata: { name: hub, namespace: kargo-system-resources }
            stringData: { secret: from-string-data }
            data: { secret: "%%%" }
            """
        )
        #expect(result.problems.isEmpty)
        let receiver = try #require(result.snapshot.receivers.first)
        #expect(receiver.project.isEmpty)
        #expect(receiver.provider == .dockerhub)
        #expect(receiver.secret.matches("from-string-data"))
    }

    @Test("Files are read recursively by their extension, others and hidden ones are not")
    func files() throws {
        let folder = try TemporaryFolder([
            "a.yaml": warehouse("a", image: "x"), "sub/b.yml": warehouse("b", image: "x"),
            "sub/deep/c.json": """
            {"apiVersion": "kargo.akuity.io/v1alpha1", "kind": "Warehouse",
            \t"metadata": {"name": "c", "namespace": "kargo-demo"},
            \t"spec": {"subscriptions": [{"image": {"repoURL": "x\\u002fy"}}, {"image": {"repoURL":"x"}}]}}
            """,
            "notes.txt": "a: b: c", ".hidden.yaml": "a: b: c", ".git/d.yaml": "a: b: c", "empty.yaml": "",
        ])
        let result = try load(folder)
        #expect(result.messages(in: folder).isEmpty)
        #expect(result.targets(ofImage: "x") == ["kargo-demo/a", "kargo-demo/b", "kargo-demo/c"])
        #expect(result.targets(ofImage: "x/y") == ["kargo-demo/c"])
    }

    @Test("A mounted ConfigMap is read once")
    func configMap() throws {
        let folder = try TemporaryFolder(["..2026_11_21/a.yaml": harborProject])
        try folder.link("..data", to: "..2026_11_21")
        try folder.link("a.yaml", to: "..data/a.yaml")
        let result = try load(folder)
        #expect(result.messages(in: folder).isEmpty)
        #expect(result.receiverNames == ["kargo-demo/harbor-wh-receiver"])
    }

    @Test("Links to folders are followed, and cycles end")
    func cycle() throws {
        let outside = try TemporaryFolder(["w.yaml": warehouse("api", image: "x")])
        let folder = try TemporaryFolder(["sub/p.yaml": harborProject])
        try folder.link("sub/up", to: "..")
        try folder.link("outside", to: outside.path)
        try folder.link("again.yaml", to: "sub/p.yaml")
        try outside.link("back", to: folder.path)
        let result = try load(folder)
        #expect(result.messages(in: folder).isEmpty)
        #expect(result.receiverNames.count == 1)
        #expect(result.snapshot.warehouseCount == 1)
    }

    @Test("Lists are read as kubectl prints them, and as the API returns them")
    func lists() throws {
        let folder = try TemporaryFolder([
            "kubectl.yaml": """
            apiVersion: v1
            kind: List
            items:
            - apiVersion: kargo.akuity.io/v1alpha1
              kind: Warehouse
              metadata: { name: a, namespace: kargo-demo }
              spec: { subscriptions: [{ image: { repoURL: x } }] }
            - apiVersion: v1
              kind: ConfigMap
              metadata: { name: other }
            """,
            "api.json": """
            {"apiVersion": "kargo.akuity.io/v1alpha1", "kind": "WarehouseList", "items": [
              {"metadata": {"name": "b", "namespace": "kargo-demo"},
               "spec": {"subscriptions": [{"image": {"repoURL": "x"}}]}},
              {"metadata": {"name": "c", "namespace": "kargo-demo"},
               "spec": {"subscriptions": [{"image": {"repoURL": ""}}]}}]}
            """,
        ])
        let result = try load(folder)
        #expect(result.targets(ofImage: "x") == ["kargo-demo/a", "kargo-demo/b"])
        #expect(
            result.messages(in: folder)
                == [
                    "api.json:5: Warehouse kargo-demo/c: items[1].spec.subscriptions[0].image.repoURL is empty: give it a value"
                ]
        )
    }

    @Test("Kinds of other groups are skipped, and so are all other kinds")
    func otherKinds() throws {
        let result = try load(
            """
            { apiVersion: example.com/v1, kind: Warehouse, metadata: {} }
            --- # a comment
            { apiVersion: kargo.akuity.io/v1alpha1, kind: Stage, metadata: {} }
            ---
            ---
            { apiVersion: v2, kind: Deployment }
            """
        )
        #expect(result.problems.isEmpty)
        #expect(result.isComplete)
    }

    @Test("A document that does not parse leaves its neighbours alone, but the load is not complete")
    func brokenDocument() throws {
        let folder = try TemporaryFolder(["m.yaml": "a: s3cr3t: c\n---\n\(harborProject)\n---\nb: [1\n---\n"])
        let result = try load(folder)
        #expect(result.receiverNames == ["kargo-demo/harbor-wh-receiver"])
        #expect(!result.isComplete)
        #expect(
            result.messages(in: folder) == [
                "m.yaml:1: this is not valid YAML, mapping values are not allowed in this context: correct it, nothing of this document is used until then",
                "m.yaml:18: this is not valid YAML, did not find expected ',' or ']': correct it, nothing of this document is used until then",
            ]
        )
    }

    @Test("A byte order mark, Windows line ends, directives and comments are no hindrance")
    func decoration() throws {
        let text = "\u{FEFF}%YAML 1.1\n# a comment\n---\n" + harborProject + "\n...\n# the end\n"
        let folder = try TemporaryFolder([
            "m.yaml": text.replacing("\n", with: "\r\n"),
            "w.yaml": "\u{FEFF}" + warehouse("api", image: "x"),
        ])
        let result = try load(folder)
        #expect(result.messages(in: folder).isEmpty)
        #expect(result.receiverNames == ["kargo-demo/harbor-wh-receiver"])
        #expect(result.targets(ofImage: "x") == ["kargo-demo/api"])
    }

    @Test("Text that is not UTF-8, NULs and endless nesting are problems and nothing worse")
    func hostileText() throws {
        let folder = try TemporaryFolder()
        try folder.write([0x61, 0x3A, 0x20, 0xFF, 0x0A], to: "latin1.yaml")
        try folder.write("a: b\nc: \u{0}\n", to: "nul.yaml")
        try folder.write(String(repeating: "[", count: 100_000), to: "nested.json")
        try folder.write("a: &a [*a]\nb: *c\n", to: "alias.yaml")
        let result = try load(folder)
        #expect(!result.isComplete)
        #expect(result.problems.map(\.line) == [1, 1, 1, 2])
    }

    @Test("A folder that cannot be read is an error of its own")
    func unreadableFolder() throws {
        let source = DirectorySource(
            directory: "/nonexistent",
            baseURL: try BaseURL("https://a"),
            systemResourcesNamespace: "x"
        )
        let error = #expect(throws: SourceError.self) { try source.read() }
        #expect(
            error?.description
                == "/nonexistent: cannot be read: No such file or directory (ENOENT), correct the path or create it"
        )
    }

    @Test("A file that cannot be read leaves the others alone, but the load is not complete")
    func unreadableFile() throws {
        let folder = try TemporaryFolder(["b.yaml": harborProject])
        try folder.link("a.yaml", to: "gone")
        try folder.link("c.yaml", to: "/dev/null")
        let result = try load(folder)
        #expect(result.receiverNames == ["kargo-demo/harbor-wh-receiver"])
        #expect(!result.isComplete)
        #expect(
            result.messages(in: folder) == [
                "a.yaml: cannot be read: No such file or directory (ENOENT), correct the path or create it",
                "c.yaml: cannot be read: it is neither a file nor a folder, remove it",
            ]
        )
    }

    @Test("An empty folder may be a mount that is gone: a reload must not take it for the truth")
    func emptyFolder() throws {
        let folder = try TemporaryFolder()
        let result = try load(folder)
        #expect(!result.isComplete)
        #expect(
            result.problems.map(\.description) == [
                "\(folder.path): warning: holds no *.yaml, *.yml or *.json file: put Kargo's manifests there"
            ]
        )
    }

    @Test("A file with a Secret that everyone can read is a warning", arguments: [(0o644, 1), (0o640, 0)])
    func readableByOthers(mode: Int, count: Int) throws {
        let folder = try TemporaryFolder()
        try folder.write(harborProject, to: "m.yaml", mode: mode)
        try folder.write(warehouse("api", image: "x"), to: "w.yaml", mode: 0o644)
        let expected =
            "m.yaml:10: warning: this Secret is in a file that every user can read: chmod o-r m.yaml"
        #expect(try load(folder).messages(in: folder) == Array(repeating: expected, count: count))
    }
}
