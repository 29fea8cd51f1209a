// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import TestSupport
import Testing

@Suite(.threadsOfTheirOwn) struct ReplacementTests {
    /// Many names of few repositories, so that Warehouses meet.
    private static let repositories: [(String, RepositoryKind)] = [
        ("https://git.example.com/a/b", .git), ("git@git.example.com:a/b.git", .git),
        ("ssh://other@git.example.com:2222/a/b", .git), ("http://git.example.com:8443/a/b", .git),
        ("https://git.example.com/c", .git), ("git.example.com", .git),
        ("r.example.com/a/b", .image), ("r.example.com/a/b:v1", .image), ("oci://r.example.com/a/b", .chart),
        ("docker.io/library/busybox", .image), ("busybox", .chart), ("https://git.example.com/a/b", .image),
    ]

    @Test(arguments: 0..<8)
    func `An index that was changed is the one that would be made anew`(_ seed: Int) {
        var generator = Mutator(seed: UInt64(seed))
        var warehouses: [Target: [Subscription]] = [:]
        var index = SubscriptionIndex([])
        for step in 0..<40 {
            let target = Target(
                namespace: "n\(Int.random(in: 0..<2, using: &generator))",
                name: "w\(Int.random(in: 0..<4, using: &generator))"
            )
            let new = (0..<Int.random(in: 0..<5, using: &generator)).map { number in
                let (url, kind) = Self.repositories.randomElement(using: &generator) ?? ("", .git)
                return Subscription(
                    target: target,
                    repository: RepositoryKey(url, kind: kind),
                    selector: .invalid("\(step).\(number)")
                )
            }
            let before = index
            let old = matches(before)
            index.replace(warehouses[target] ?? [], with: new)
            warehouses[target] = new.isEmpty ? nil : new
            let anew = SubscriptionIndex(warehouses.values.joined())
            #expect(matches(index) == matches(anew))
            #expect((index.exampleTarget == nil) == warehouses.isEmpty)
            #expect(matches(before) == old)
        }
    }

    /// What every event finds in every scope.
    private func matches(_ index: SubscriptionIndex) -> [String] {
        Self.repositories.flatMap { url, kind in
            [[kind], [.image, .chart]].flatMap { kinds in
                [Scope.cluster, .namespace("n0"), .namespace("n1")].map { scope in
                    let push = Event.Push(repository: url, kinds: kinds, qualifiers: .unknown)
                    let match = index.match(Event(name: "push", pushes: [push]), in: scope)
                    return "\(match.considerations.map(\.subscription))"
                }
            }
        }
    }
}
