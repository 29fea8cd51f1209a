// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import Testing

@Suite struct ReasonTests {
    /// The reason after a push of `tag` to a repository with these Warehouses in project `a`.
    private func reason(
        _ warehouses: [(String, Selector)],
        _ qualifiers: Event.Qualifiers = .tags(["latest"]),
        namesWarehouses: Bool = true
    ) -> String? {
        let index = SubscriptionIndex(
            warehouses.map {
                SubscriptionIndexTests.subscription("a/\($0.0)", "r.example.com/x", .image, $0.1)
            }
        )
        let push = Event.Push(
            repository: "R.example.com/x:latest",
            kinds: [.image, .chart],
            qualifiers: qualifiers
        )
        return index.match(Event(name: "push", pushes: [push]), in: .namespace("a"))
            .reason(namesWarehouses: namesWarehouses)
    }

    private let semVer = Selector.image(.semVer(.strict("^1.0.0")))

    @Test func `Nobody subscribes`() {
        #expect(reason([]) == "no Warehouse subscribes to r.example.com/x")
    }

    @Test func `Nobody accepts`() {
        #expect(
            reason([("guestbook", semVer), ("api", .image(.digest(tag: "stable")))])
                == "2 Warehouses subscribe to r.example.com/x, none accepts tag \"latest\": "
                + "api (Digest: the tag is not stable), guestbook (SemVer: not a version)"
        )
        #expect(
            reason([("guestbook", semVer)], .untagged)
                == "1 Warehouse subscribes to r.example.com/x, it does not accept an artifact without a tag: "
                + "guestbook (SemVer: the artifact has no tag)"
        )
    }

    @Test func `Five are named at most`() throws {
        let text = reason((1...9).map { ("w\($0)", semVer) })
        let reason = try #require(text)
        #expect(reason.hasPrefix("9 Warehouses subscribe"))
        #expect(reason.contains("w5 (") && !reason.contains("w6") && reason.hasSuffix(", and 4 more"))
    }

    @Test func `What a stranger wrote is quoted shortened`() throws {
        let index = SubscriptionIndex([])
        let pushes = (0..<1_000).map {
            Event.Push(
                repository: "r.example.com/\($0)/" + String(repeating: "x", count: 1_000),
                kinds: [.image],
                qualifiers: .tags([String(repeating: "t", count: 1_000)])
            )
        }
        let match = index.match(Event(name: "push", pushes: pushes), in: .namespace("a"))
        let reason = try #require(match.reason(namesWarehouses: true))
        #expect(reason.count < 2_000 && reason.hasSuffix("or the 995 others"))
    }

    @Test(arguments: [
        ("https://user:zanzibar@git.example.com/a/b?x=y", RepositoryKind.git),
        ("ssh://user:zanzibar@git.example.com/a/b", .git),
        ("user:zanzibar@git.example.com:a/b", .git), ("zanzibar@git.example.com:a/b", .git),
        ("zanzibar@b@git.example.com:a/b", .git), ("ftp://user:zanzibar@git.example.com/a/b", .git),
        ("https://user:zanzibar@git.example.com/a/b", .image), ("zanzibar@git.example.com/a/b:1", .image),
        ("zanzibar@git.example.com/a/b:1", .chart), ("oci://user:zanzibar@git.example.com/a/b", .chart),
        ("oci://user:zanzibar@git.example.com/a/b@sha256:1f", .image),
    ])
    func `What proves who somebody is at a repository is not quoted`(
        _ url: String,
        _ kind: RepositoryKind
    ) throws {
        let push = Event.Push(repository: url, kinds: [kind], qualifiers: .unknown)
        let match = SubscriptionIndex([]).match(Event(name: "push", pushes: [push]), in: .namespace("a"))
        let reason = try #require(match.reason(namesWarehouses: true))
        #expect(!reason.contains("zanzibar") && reason.contains("git.example.com"), "\(reason)")
        #expect(!push.displayedRepository.contains("zanzibar"))
    }

    @Test func `A cluster's receiver learns only numbers`() {
        #expect(
            reason([("guestbook", semVer), ("api", semVer)], namesWarehouses: false)
                == "2 Warehouses subscribe to r.example.com/x, none accepts tag \"latest\""
        )
    }

    @Test func `Who is refreshed needs no reason`() {
        #expect(reason([("guestbook", semVer), ("api", .image(.lexical))]) == nil)
    }
}
