// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import Testing

@Suite struct SubscriptionIndexTests {
    static func subscription(
        _ target: String,
        _ url: String,
        _ kind: RepositoryKind,
        _ selector: Selector? = nil
    ) -> Subscription {
        let parts = target.split(separator: "/").map(String.init)
        return Subscription(
            target: Target(namespace: parts[0], name: parts[1]),
            repository: RepositoryKey(url, kind: kind),
            selector: selector ?? .image(ImageSelector(.lexical))
        )
    }

    private let index = SubscriptionIndex([
        subscription("b/other", "registry.example.com/team/other", .image),
        subscription("b/api", "registry.example.com/team/api:v1", .image),
        subscription("a/chart", "oci://registry.example.com/team/api", .chart),
        subscription("a/api", "registry.example.com/team/api", .image),
        subscription("a/api", "https://git.example.com/team/api", .git),
    ])

    private func targets(_ pushes: [Event.Push], in scope: Scope) -> [String] {
        index.match(Event(name: "push", pushes: pushes), in: scope).targets.map(\.description)
    }

    private let push = Event.Push(
        repository: "registry.example.com/team/api:1.0.0",
        kinds: [.image, .chart],
        qualifiers: .tags(["1.0.0"])
    )
    private let commit = Event.Push(
        repository: "https://git.example.com/team/api.git",
        kinds: [.git],
        qualifiers: .refs(["refs/heads/main"])
    )

    @Test func `A cluster's receiver reaches every namespace`() {
        #expect(targets([push], in: .cluster) == ["a/api", "a/chart", "b/api"])
    }

    @Test func `A project's receiver reaches its own namespace`() {
        #expect(targets([push], in: .namespace("a")) == ["a/api", "a/chart"])
        #expect(targets([push], in: .namespace("b")) == ["b/api"])
        #expect(targets([push], in: .namespace("c")) == [])
    }

    @Test func `The kind of the event counts`() {
        let image = Event.Push(repository: push.repository, kinds: [.image], qualifiers: push.qualifiers)
        #expect(targets([image], in: .cluster) == ["a/api", "b/api"])
        #expect(targets([commit], in: .cluster) == ["a/api"])
    }

    @Test func `A Warehouse that several repositories name is there once`() {
        #expect(targets([push, commit, push], in: .namespace("a")) == ["a/api", "a/chart"])
    }

    @Test func `A repository nobody subscribes to reaches nobody`() {
        let other = Event.Push(
            repository: "registry.example.com/team/ap",
            kinds: [.image],
            qualifiers: .unknown
        )
        #expect(targets([other], in: .cluster) == [])
    }

    @Test(arguments: [
        ("git@git.example.com:team/api.git", "https://git.example.com/team/api", true),
        ("ssh://git@git.example.com:2222/team/api", "https://git.example.com:8443/team/api.git", true),
        ("https://git.example.com/team/api", "git@git.example.com:team/api", true),
        ("http://git.example.com/team/api", "ssh://git.example.com/team/api", true),
        ("ssh://git@[::1]:22/a/b", "https://[::1]/a/b", true),
        ("git@git.example.com:team/api", "https://git.example.com/team/apis", false),
        ("git@git.example.com:team/api", "https://example.com/team/api", false),
        ("https://git.example.com/team/api", "http://git.example.com/team/api", false),
        ("https://git.example.com:8443/team/api", "https://git.example.com/team/api", false),
        ("git@git.example.com:team/api", "other@git.example.com:team/api", false),
        ("git.example.com", "https://git.example.com", false),
    ])
    func `SSH and HTTPS URLs of one host and path find each other`(
        _ subscribed: String,
        _ pushed: String,
        _ isFound: Bool
    ) {
        let index = SubscriptionIndex([Self.subscription("a/w", subscribed, .git)])
        let push = Event.Push(repository: pushed, kinds: [.git], qualifiers: .unknown)
        let match = index.match(Event(name: "push", pushes: [push]), in: .cluster)
        #expect(match.considerations.count == (isFound ? 1 : 0))
    }

    @Test(arguments: [
        ("https://user:TOPSECRET@git.example.com/a@b", "https://git.example.com/a@b"),
        ("https://u:p@ss@h/x?y", "https://h/x?y"), ("https://u:p@h", "https://h"),
        ("https://h/a@b", "https://h/a@b"), ("git@h:a/b", "h:a/b"), ("u:p@h/a@b", "h/a@b"),
        ("r.example.com/a@sha256:1f", "r.example.com/a@sha256:1f"), ("a@sha256:1f", "a@sha256:1f"),
        ("u:p@a@sha512:1f", "a@sha512:1f"), ("u:p@a:1", "a:1"), ("@", ""), ("", ""),
    ])
    func `What is shown of a URL has no user-info`(_ url: String, _ shown: String) {
        let push = Event.Push(repository: url, kinds: [.git], qualifiers: .unknown)
        #expect(push.displayedRepository == shown)
    }

    @Test func `One accepted subscription refreshes the Warehouse, whatever its others say`() {
        let index = SubscriptionIndex([
            Self.subscription("a/w", "r.example.com/x", .image, .image(.semVer(.strict("^2.0.0")))),
            Self.subscription("a/w", "r.example.com/x", .chart, .chart("^1.0.0")),
        ])
        let push = Event.Push(
            repository: "r.example.com/x",
            kinds: [.image, .chart],
            qualifiers: .tags(["1.0.0"])
        )
        let match = index.match(Event(name: "push", pushes: [push]), in: .cluster)
        #expect(match.targets == [Target(namespace: "a", name: "w")])
        #expect(match.considerations.count == 2)
        #expect(match.reason(namesWarehouses: true) == nil)
    }
}
