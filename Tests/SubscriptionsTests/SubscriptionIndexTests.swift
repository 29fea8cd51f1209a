// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import Testing

@Suite struct SubscriptionIndexTests {
    private static func subscription(_ target: String, _ url: String, _ kind: RepositoryKind) -> Subscription
    {
        let parts = target.split(separator: "/").map(String.init)
        return Subscription(
            target: Target(namespace: parts[0], name: parts[1]),
            repository: RepositoryKey(url, kind: kind)
        )
    }

    private let index = SubscriptionIndex([
        subscription("a/api", "registry.example.com/team/api", .image),
        subscription("a/api", "https://git.example.com/team/api", .git),
        subscription("a/chart", "oci://registry.example.com/team/api", .chart),
        subscription("b/api", "registry.example.com/team/api:v1", .image),
        subscription("b/other", "registry.example.com/team/other", .image),
    ])

    private func targets(_ pushes: [Event.Push], in scope: Scope) -> [String] {
        index.targets(of: Event(name: "push", pushes: pushes), in: scope).map(\.description)
    }

    private let push = Event.Push(
        repository: "registry.example.com/team/api:1.0.0",
        kinds: [.image, .chart],
        qualifiers: ["1.0.0"]
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
        let image = Event.Push(repository: push.repository, kinds: [.image], qualifiers: [])
        #expect(targets([image], in: .cluster) == ["a/api", "b/api"])
        let git = Event.Push(
            repository: "https://git.example.com/team/api.git",
            kinds: [.git],
            qualifiers: []
        )
        #expect(targets([git], in: .cluster) == ["a/api"])
    }

    @Test func `A Warehouse that several repositories name is there once`() {
        let git = Event.Push(
            repository: "https://git.example.com/team/api.git",
            kinds: [.git],
            qualifiers: []
        )
        #expect(targets([push, git, push], in: .namespace("a")) == ["a/api", "a/chart"])
    }

    @Test func `A repository nobody subscribes to reaches nobody`() {
        let other = Event.Push(repository: "registry.example.com/team/ap", kinds: [.image], qualifiers: [])
        #expect(targets([other], in: .cluster) == [])
    }
}
