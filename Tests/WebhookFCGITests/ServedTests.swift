// SPDX-License-Identifier: Apache-2.0

import Config
import Foundation
import TestSupport
import Testing

@testable import WebhookFCGI

@Suite struct ServedTests {
    private let key = [UInt8](repeating: 7, count: Served.keySize)

    private func load(_ manifests: [String: String]) throws -> Snapshot {
        let folder = try TemporaryFolder(manifests)
        let source = DirectorySource(
            directory: folder.path,
            baseURL: try BaseURL("https://hooks.example.com/webhooks"),
            systemResourcesNamespace: "kargo-system-resources"
        )
        return try source.read().snapshot
    }

    private func served(_ manifests: [String: String] = Manifests.sample) throws -> Served {
        Served(try load(manifests), key: key)
    }

    @Test func `The same manifests are the same, and another key tells nothing`() throws {
        let one = try served()
        #expect(one == (try served()))
        #expect(one.receivers.count == 4)
        #expect(one.warehouses.count == 8)
        let other = Served(try load(Manifests.sample), key: [UInt8](repeating: 8, count: Served.keySize))
        #expect(one.receivers.keys == other.receivers.keys)
        #expect(Set(one.receivers.values).isDisjoint(with: other.receivers.values))
    }

    @Test func `No secret and no path is in it`() throws {
        let snapshot = try load(Manifests.sample)
        let json = String(decoding: try JSONEncoder().encode(Served(snapshot, key: key)), as: UTF8.self)
        #expect(!json.contains(Secrets.mark))
        for receiver in snapshot.receivers { #expect(!json.contains(receiver.path.suffix(64))) }
    }

    @Test func `What is added, removed or changed is named`() throws {
        var manifests = Manifests.sample
        manifests["secrets.yaml"] = manifests["secrets.yaml"]?
            .replacing("stringData: { secret: \"\(Secrets.azure)\"", with: "stringData: { secret: another")
            .replacing("\"\(Secrets.dockerHub)\" }", with: "\"\(Secrets.dockerHub)\", secret-previous: old }")
        manifests["cluster.yaml"] = nil
        manifests["warehouses.yaml"] = manifests["warehouses.yaml"]?
            .replacing("name: third", with: "name: fourth")
            .replacing("repoURL: \"example/api\"", with: "repoURL: \"example/other\"")
        let difference = ServedDifference(from: try served(), to: try served(manifests))
        #expect(
            difference.lines == [
                "- receiver cluster-receiver", "~ receiver kargo-demo/azure-receiver",
                "~ receiver kargo-demo/dockerhub-receiver", "+ Warehouse kargo-demo/fourth",
                "~ Warehouse kargo-demo/hub", "- Warehouse kargo-demo/third",
            ]
        )
        #expect(
            difference.description(limit: 1) == "  - receiver cluster-receiver\n  … and 5 more"
        )
        #expect(ServedDifference(from: try served(), to: try served()).lines.isEmpty)
    }

    /// Each differs from all others.
    @Test func `Whatever a subscription depends on makes a difference`() throws {
        let subscriptions = [
            "image: { repoURL: a }", "image: { repoURL: b }", "chart: { repoURL: a }", "git: { repoURL: a }",
            "image: { repoURL: a, constraint: ^1 }", "image: { repoURL: a, constraint: ^2 }",
            "image: { repoURL: a, strictSemvers: false }", "image: { repoURL: a, allowTagsRegexes: [x] }",
            "image: { repoURL: a, ignoreTagsRegexes: [x] }",
            "image: { repoURL: a, ignoreTagsRegexes: [x, y] }",
            "image: { repoURL: a, imageSelectionStrategy: Lexical }",
            "image: { repoURL: a, imageSelectionStrategy: NewestBuild }",
            "image: { repoURL: a, imageSelectionStrategy: Digest, constraint: x }",
            "image: { repoURL: a, imageSelectionStrategy: Digest, constraint: y }",
            "chart: { repoURL: a, semverConstraint: ^1 }", "git: { repoURL: a, branch: x }",
            "git: { repoURL: a, includePaths: [x] }", "git: { repoURL: a, excludePaths: [x] }",
            "git: { repoURL: a, includePaths: ['glob:x'] }", "git: { repoURL: a, includePaths: ['regex:x'] }",
            "git: { repoURL: a, commitSelectionStrategy: NewestTag }",
            "git: { repoURL: a, commitSelectionStrategy: Lexical }",
            "git: { repoURL: a, commitSelectionStrategy: Lexical, allowTagsRegexes: [x] }",
            "git: { repoURL: a, commitSelectionStrategy: SemVer }",
            "git: { repoURL: a, commitSelectionStrategy: SemVer, semverConstraint: ^1 }",
            "git: { repoURL: a, commitSelectionStrategy: SemVer, strictSemvers: false }",
            "image: { repoURL: a, constraint: '^' }",
        ]
        let digests = try subscriptions.map { subscription in
            let manifest = """
                apiVersion: kargo.akuity.io/v1alpha1
                kind: Warehouse
                metadata: { name: w, namespace: p }
                spec: { subscriptions: [ { \(subscription) } ] }
                """
            return try #require(try served(["w.yaml": manifest]).warehouses["p/w"], "\(subscription)")
        }
        #expect(Set(digests).count == subscriptions.count)
    }

    @Test func `Before the source was read there is nothing`() {
        let served = Served(nil, key: key)
        #expect(!served.isReady)
        #expect(served.receivers.isEmpty)
    }
}
