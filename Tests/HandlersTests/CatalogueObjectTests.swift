// SPDX-License-Identifier: Apache-2.0

import Handlers
import Testing

@Suite struct CatalogueObjectTests {
    private static let digest = "sha256:" + String(repeating: "1f", count: 32)

    private static let named: [(String, CatalogueObject)] = [
        ("team-a", .project("team-a")),
        ("a@b", .project("a@b")),
        ("a@sha256:1f", .project("a@sha256:1f")),
        ("Team_1.x", .project("Team_1.x")),
        ("team-a/api", .repository(project: "team-a", name: "api")),
        ("team-a/a/b/c", .repository(project: "team-a", name: "a/b/c")),
        ("a@b/c", .repository(project: "a@b", name: "c")),
        ("été/réseau", .repository(project: "été", name: "réseau")),
        ("team-a/api@\(digest)", .artifact(project: "team-a", repository: "api", digest: digest)),
        ("a/b/c@\(digest)", .artifact(project: "a", repository: "b/c", digest: digest)),
        ("a@b/c@sha512:00", .artifact(project: "a@b", repository: "c", digest: "sha512:00")),
    ]

    @Test(arguments: named) func `An object and its identifier are one`(
        _ text: String,
        _ object: CatalogueObject
    ) {
        #expect(object.identifier == text)
        #expect(CatalogueObject(identifier: text) == object)
        #expect(object.description == "\(object.kind.rawValue) \(text)")
        #expect(object.project == text.prefix { $0 != "/" })
    }

    @Test func `No two objects have the same identifier`() {
        #expect(Set(Self.named.map(\.1.identifier)).count == Self.named.count)
    }

    @Test(arguments: [
        "", "/", "a/", "/a", "a//b", ".", "..", "a/..", "../a", "a/./b", "a/b/..", "a b", "a\n", "a/b\tc",
        "a/b\u{7F}",
        "a/b\0", "a/b@", "a/b@1f", "a/b@sha256", "a/b@sha256:", "a/b@:1f", "a/b@sha256:1f@sha256:1f",
        "a/b@sha256:1f:2",
        "a/b@sha256:../c", "a/@sha256:1f", "a/b@sha256:é", "a/" + String(repeating: "b", count: 700),
    ])
    func `What can be no object has none`(_ text: String) {
        #expect(CatalogueObject(identifier: text) == nil)
    }
}
