// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import Testing

@Suite struct SelectorTests {
    static let images = [
        // SemVer, strict unless strictSemvers says otherwise.
        SelectorCase(.image(.semVer(.strict(nil))), .tags(["1.2.3"])),
        SelectorCase(.image(.semVer(.strict(""))), .tags(["1.2.3"])),
        SelectorCase(.image(.semVer(.strict(nil))), .tags(["v1.2.3"])),
        SelectorCase(.image(.semVer(.strict(nil))), .tags(["1.2.3-rc.1"])),
        SelectorCase(
            .image(.semVer(.strict(nil))),
            .tags(["1.2"]),
            refusal: "SemVer: not all three numbers, as strictSemvers asks"
        ),
        SelectorCase(.image(.semVer(.lenient(nil))), .tags(["1.2"])),
        SelectorCase(.image(.semVer(.lenient("^1"))), .tags(["v1"])),
        SelectorCase(.image(.semVer(.strict(nil))), .tags(["latest"]), refusal: "SemVer: not a version"),
        SelectorCase(.image(.semVer(.lenient(nil))), .tags(["latest"]), refusal: "SemVer: not a version"),
        SelectorCase(.image(.semVer(.strict("^1.0.0"))), .tags(["1.4.2"])),
        SelectorCase(
            .image(.semVer(.strict("^1.0.0"))),
            .tags(["2.0.0"]),
            refusal: "SemVer: does not satisfy ^1.0.0"
        ),
        SelectorCase(
            .image(.semVer(.strict("^1.0.0"))),
            .tags(["1.5.0-rc.1"]),
            refusal: "SemVer: does not satisfy ^1.0.0"
        ),
        SelectorCase(.image(.semVer(.strict("^1.0.0-0"))), .tags(["1.5.0-rc.1"])),
        // One accepted tag is enough; otherwise the first one's refusal is told.
        SelectorCase(.image(.semVer(.strict("^1.0.0"))), .tags(["latest", "1.4.2"])),
        SelectorCase(
            .image(.semVer(.strict("^1.0.0"))),
            .tags(["latest", "2.0.0"]),
            refusal: "SemVer: not a version"
        ),
        // Digest follows one tag.
        SelectorCase(.image(.digest(tag: "latest")), .tags(["latest"])),
        SelectorCase(
            .image(.digest(tag: "latest")),
            .tags(["Latest"]),
            refusal: "Digest: the tag is not latest"
        ),
        // Lexical and NewestBuild: the expressions alone.
        SelectorCase(.image(.lexical), .tags(["anything"])),
        SelectorCase(.image(.newestBuild), .tags(["anything"])),
        SelectorCase(.image(.lexical, allow: ["^nightly-"]), .tags(["nightly-20260101"])),
        SelectorCase(
            .image(.lexical, allow: ["^nightly-"]),
            .tags(["x-nightly-1"]),
            refusal: "allowTagsRegexes: none matches"
        ),
        SelectorCase(.image(.newestBuild, allow: ["^a", "b$"]), .tags(["xb"])),
        SelectorCase(
            .image(.newestBuild, allow: ["^a"], ignore: ["rc"]),
            .tags(["a-rc"]),
            refusal: "ignoreTagsRegexes: rc matches"
        ),
        SelectorCase(
            .image(.semVer(.strict(nil)), ignore: ["-"]),
            .tags(["1.0.0-rc.1"]),
            refusal: "ignoreTagsRegexes: - matches"
        ),
        SelectorCase(
            .image(.digest(tag: "latest"), ignore: ["^latest$"]),
            .tags(["latest"]),
            refusal: "ignoreTagsRegexes: ^latest$ matches"
        ),
        // Without a tag only those who take any tag.
        SelectorCase(.image(.lexical), .untagged),
        SelectorCase(.image(.newestBuild), .untagged),
        SelectorCase(.image(.lexical, allow: [".*"]), .untagged, refusal: "Lexical: the artifact has no tag"),
        SelectorCase(
            .image(.newestBuild, ignore: ["x"]),
            .untagged,
            refusal: "NewestBuild: the artifact has no tag"
        ),
        SelectorCase(.image(.semVer(.strict(nil))), .untagged, refusal: "SemVer: the artifact has no tag"),
        SelectorCase(.image(.digest(tag: "latest")), .untagged, refusal: "Digest: the artifact has no tag"),
        // Nothing said, everybody looks.
        SelectorCase(.image(.semVer(.strict("^1.0.0"))), .unknown),
        SelectorCase(.image(.digest(tag: "latest")), .unknown),
    ]

    static let charts = [
        SelectorCase(.chart(nil), .tags(["1.2.3"])),
        SelectorCase(.chart(""), .tags(["1.2.3"])),
        SelectorCase(.chart(nil), .tags(["1.2"])),
        SelectorCase(.chart("^1.0.0"), .tags(["1.2.3"])),
        SelectorCase(.chart("^1.0.0"), .tags(["2.0.0"]), refusal: "SemVer: does not satisfy ^1.0.0"),
        SelectorCase(.chart(nil), .tags(["latest"]), refusal: "SemVer: not a version"),
        SelectorCase(.chart("^1.0.0"), .tags(["1.2.3_build.5"])),
        SelectorCase(.chart(nil), .untagged, refusal: "SemVer: the artifact has no tag"),
        SelectorCase(.chart("^1.0.0"), .unknown),
    ]

    static let refs = [
        SelectorCase(.git(.newestFromBranch("release")), .refs(["refs/heads/release"])),
        SelectorCase(
            .git(.newestFromBranch("release")),
            .refs(["refs/heads/main"]),
            refusal: "NewestFromBranch: not branch release"
        ),
        SelectorCase(
            .git(.newestFromBranch("release")),
            .refs(["refs/tags/release"]),
            refusal: "NewestFromBranch: not branch release"
        ),
        SelectorCase(.git(.newestFromBranch(nil)), .refs(["refs/heads/main"])),
        SelectorCase(.git(.newestFromBranch(nil)), .refs(["refs/heads/master"])),
        SelectorCase(
            .git(.newestFromBranch(nil)),
            .refs(["refs/heads/mainline"]),
            refusal: "NewestFromBranch: not branch main or master"
        ),
        SelectorCase(.git(.newestFromBranch("a/b")), .refs(["refs/heads/x", "refs/heads/a/b"])),
        SelectorCase(.git(.newestTag), .refs(["refs/tags/anything"])),
        SelectorCase(.git(.newestTag), .refs(["refs/heads/main"]), refusal: "NewestTag: not a tag"),
        SelectorCase(.git(.lexical, allow: ["^v"]), .refs(["refs/tags/v1"])),
        SelectorCase(
            .git(.lexical, allow: ["^v"]),
            .refs(["refs/tags/1"]),
            refusal: "allowTagsRegexes: none matches"
        ),
        SelectorCase(
            .git(.newestTag, ignore: ["rc"]),
            .refs(["refs/tags/1-rc"]),
            refusal: "ignoreTagsRegexes: rc matches"
        ),
        SelectorCase(.git(.semVer(.strict("^1.0.0"))), .refs(["refs/tags/v1.4.2"])),
        SelectorCase(
            .git(.semVer(.strict("^1.0.0"))),
            .refs(["refs/tags/v2.0.0"]),
            refusal: "SemVer: does not satisfy ^1.0.0"
        ),
        SelectorCase(
            .git(.semVer(.strict(nil))),
            .refs(["refs/tags/v1"]),
            refusal: "SemVer: not all three numbers, as strictSemvers asks"
        ),
        SelectorCase(.git(.semVer(.lenient(nil))), .refs(["refs/tags/v1"])),
        SelectorCase(.git(.semVer(.strict(nil))), .refs(["refs/heads/1.0.0"]), refusal: "SemVer: not a tag"),
        SelectorCase(.git(.newestFromBranch("release")), .unknown),
    ]

    private static let otherPaths = "includePaths and excludePaths: no changed file counts"
    private static let main = Event.Qualifiers.refs(["refs/heads/main"])

    static let paths = [
        SelectorCase(
            .git(.newestFromBranch(nil), include: ["charts"]),
            main,
            changedFiles: ["charts/a.yaml"]
        ),
        SelectorCase(
            .git(.newestFromBranch(nil), include: ["charts"]),
            main,
            changedFiles: ["docs/a", "charts-old/b"],
            refusal: otherPaths
        ),
        SelectorCase(
            .git(.newestFromBranch(nil), exclude: ["glob:**/*.md"]),
            main,
            changedFiles: ["README.md", "docs/a.md"],
            refusal: otherPaths
        ),
        SelectorCase(
            .git(.newestFromBranch(nil), exclude: ["glob:**/*.md"]),
            main,
            changedFiles: ["README.md", "src/a"]
        ),
        SelectorCase(
            .git(.newestFromBranch(nil), include: ["regex:^src/"], exclude: ["src/vendor"]),
            main,
            changedFiles: ["src/vendor/a", "docs/b"],
            refusal: otherPaths
        ),
        SelectorCase(
            .git(.newestFromBranch(nil), include: ["."], exclude: ["regexp:\\.txt$"]),
            main,
            changedFiles: ["a.txt", "b.go"]
        ),
        // Only when the event carries any.
        SelectorCase(.git(.newestFromBranch(nil), include: ["charts"]), main),
        SelectorCase(.git(.newestFromBranch(nil), include: ["charts"]), main, changedFiles: []),
        SelectorCase(
            .git(.newestFromBranch(nil), include: ["charts"]),
            .unknown,
            changedFiles: ["docs/a"],
            refusal: otherPaths
        ),
        // The ref is looked at first.
        SelectorCase(
            .git(.newestFromBranch("x"), include: ["charts"]),
            main,
            changedFiles: ["charts/a"],
            refusal: "NewestFromBranch: not branch x"
        ),
    ]

    @Test(arguments: images + charts + refs + paths)
    func `A subscription takes what it would discover`(_ example: SelectorCase) {
        let push = Event.Push(
            repository: "irrelevant",
            kinds: [],
            qualifiers: example.qualifiers,
            changedFiles: example.changedFiles
        )
        #expect(example.selector.refusal(of: push)?.description == example.refusal)
    }

    @Test func `An invalid subscription takes nothing and says why`() {
        let push = Event.Push(repository: "x", kinds: [.image], qualifiers: .unknown)
        #expect(
            Selector.invalid("no such strategy").refusal(of: push)?.description == "invalid: no such strategy"
        )
    }
}
