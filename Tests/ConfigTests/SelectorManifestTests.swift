// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import TestSupport
import Testing

@testable import Config

/// From a Warehouse's manifest to what its subscriptions take.
@Suite struct SelectorManifestTests {
    /// Loads a Warehouse with one subscription and pushes to it.
    private func load(_ subscription: String) throws -> (messages: [String], push: (Event.Push) -> Match) {
        let folder = try TemporaryFolder([
            "w.yaml": """
            apiVersion: kargo.akuity.io/v1alpha1
            kind: Warehouse
            metadata: { name: w, namespace: p }
            spec:
              subscriptions:
              - \(subscription)
            """
        ])
        let result = try loadSource(folder)
        return (
            result.messages(in: folder),
            { result.snapshot.subscriptions.match(Event(name: "push", pushes: [$0]), in: .namespace("p")) }
        )
    }

    private func loadSource(_ folder: TemporaryFolder) throws -> LoadResult {
        try DirectorySource(
            directory: folder.path,
            baseURL: BaseURL("https://hooks.example.com"),
            systemResourcesNamespace: "kargo-system-resources"
        ).read()
    }

    @Test(arguments: [
        ("image: { repoURL: r/x }", "1.2.3", true),
        ("image: { repoURL: r/x }", "1.2", false),
        ("image: { repoURL: r/x, strictSemvers: false }", "1.2", true),
        ("image: { repoURL: r/x, strictSemvers: true }", "1.2", false),
        ("image: { repoURL: r/x, constraint: '' }", "1.2.3", true),
        ("image: { repoURL: r/x, constraint: ^2.0.0 }", "1.2.3", false),
        ("image: { repoURL: r/x, constraint: ^2.0.0, imageSelectionStrategy: SemVer }", "2.1.0", true),
        ("image: { repoURL: r/x, constraint: latest, imageSelectionStrategy: Digest }", "latest", true),
        ("image: { repoURL: r/x, constraint: latest, imageSelectionStrategy: Digest }", "stable", false),
        ("image: { repoURL: r/x, imageSelectionStrategy: Lexical, allowTagsRegexes: [^a, ^b] }", "b1", true),
        ("image: { repoURL: r/x, imageSelectionStrategy: Lexical, allowTagsRegexes: [^a, ^b] }", "c1", false),
        (
            "image: { repoURL: r/x, imageSelectionStrategy: NewestBuild, ignoreTagsRegexes: [rc] }", "1-rc",
            false
        ),
        (
            "image: { repoURL: r/x, imageSelectionStrategy: NewestBuild, platform: linux/amd64, discoveryLimit: 5 }",
            "z", true
        ),
        ("chart: { repoURL: oci://r/x }", "1.2", true),
        ("chart: { repoURL: oci://r/x, semverConstraint: ~1.2.0 }", "1.3.0", false),
    ])
    func `An artifact's tag is judged as the manifest says`(
        _ subscription: String,
        _ tag: String,
        _ isTaken: Bool
    ) throws {
        let (messages, push) = try load(subscription)
        #expect(messages == [])
        let match = push(Event.Push(repository: "r/x", kinds: [.image, .chart], qualifiers: .tags([tag])))
        #expect(match.targets.isEmpty != isTaken)
    }

    @Test(arguments: [
        ("git: { repoURL: https://g/x }", "refs/heads/main", true),
        ("git: { repoURL: https://g/x, branch: dev }", "refs/heads/main", false),
        (
            "git: { repoURL: https://g/x, branch: dev, commitSelectionStrategy: NewestFromBranch }",
            "refs/heads/dev", true
        ),
        (
            "git: { repoURL: https://g/x, commitSelectionStrategy: NewestTag, ignoreTagsRegexes: [a] }",
            "refs/tags/b", true
        ),
        (
            "git: { repoURL: https://g/x, commitSelectionStrategy: Lexical, allowTagsRegexes: [a] }",
            "refs/tags/b", false
        ),
        (
            "git: { repoURL: https://g/x, commitSelectionStrategy: SemVer, semverConstraint: ^1.0.0 }",
            "refs/tags/v1.1.0", true
        ),
        ("git: { repoURL: https://g/x, commitSelectionStrategy: SemVer }", "refs/tags/v1", false),
        (
            "git: { repoURL: https://g/x, commitSelectionStrategy: SemVer, strictSemvers: false }",
            "refs/tags/v1", true
        ),
    ])
    func `A ref is judged as the manifest says`(_ subscription: String, _ ref: String, _ isTaken: Bool) throws
    {
        let (messages, push) = try load(subscription)
        #expect(messages == [])
        let match = push(Event.Push(repository: "https://g/x", kinds: [.git], qualifiers: .refs([ref])))
        #expect(match.targets.isEmpty != isTaken)
    }

    @Test func `Paths are judged as the manifest says`() throws {
        let (messages, push) = try load(
            "git: { repoURL: https://g/x, includePaths: [charts, 'glob:src/**'], excludePaths: ['regex:[.]md$'] }"
        )
        #expect(messages == [])
        for (file, isTaken) in [
            ("charts/a", true), ("src/a/b", true), ("docs/a", false), ("charts/a.md", false),
        ] {
            let match = push(
                Event.Push(
                    repository: "https://g/x",
                    kinds: [.git],
                    qualifiers: .refs(["refs/heads/main"]),
                    changedFiles: [file]
                )
            )
            #expect(match.targets.isEmpty != isTaken, "\(file)")
        }
    }

    @Test(arguments: [
        ("constraint: '>=a'", "constraint: version constraint \">=a\", byte 2: a number is missing here"),
        ("constraint: 1.2", "constraint must be text, but is a number: put it in quotes"),
        ("allowTagsRegexes: ['(a']", "allowTagsRegexes[0]: regular expression \"(a\""),
        ("allowTagsRegexes: a", "allowTagsRegexes must be a list, but is text"),
        ("ignoreTagsRegexes: [1]", "ignoreTagsRegexes[0] must be text, but is a number"),
        (
            "imageSelectionStrategy: semver",
            "imageSelectionStrategy is 'semver': use SemVer, Digest, Lexical or NewestBuild"
        ),
        ("imageSelectionStrategy: Digest", "constraint is missing: add it"),
        ("strictSemvers: 'no'", "strictSemvers must be true or false, but is text"),
    ])
    func `What makes no sense is the Warehouse's error, and takes nothing`(
        _ field: String,
        _ message: String
    ) throws {
        let (messages, push) = try load("image: { repoURL: r/x, \(field) }")
        let problem = try #require(messages.first)
        #expect(messages.count == 1)
        #expect(
            problem.hasPrefix("w.yaml:6: Warehouse p/w: spec.subscriptions[0].image.\(message)"),
            "\(problem)"
        )
        let match = push(Event.Push(repository: "r/x", kinds: [.image], qualifiers: .tags(["1.0.0"])))
        #expect(match.targets == [])
        #expect(match.reason(namesWarehouses: true)?.contains("w (invalid: ") == true)
    }

    @Test(arguments: [
        "includePaths: ['glob:a[']", "excludePaths: ['regexp:(']", "commitSelectionStrategy: Newest",
    ])
    func `So is a git subscription's`(_ field: String) throws {
        let (messages, push) = try load("git: { repoURL: https://g/x, \(field) }")
        #expect(messages.count == 1)
        #expect(
            push(Event.Push(repository: "https://g/x", kinds: [.git], qualifiers: .unknown)).targets == []
        )
    }
}
