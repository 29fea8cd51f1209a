// SPDX-License-Identifier: Apache-2.0

import Subscriptions
import Testing

@Suite struct RepositoryKeyTests {
    static let git = [
        // https and http: no user-info, no trailing slash, no .git; the port stays.
        ("https://github.com/example/repo", "https://github.com/example/repo"),
        ("https://github.com/example/repo/", "https://github.com/example/repo"),
        ("https://github.com/example/repo.git", "https://github.com/example/repo"),
        ("https://github.com/example/repo.git/", "https://github.com/example/repo"),
        ("https://github.com/example/repo/.git", "https://github.com/example/repo/"),
        ("https://github.com/example/repo.git.git", "https://github.com/example/repo.git"),
        ("http://github.com/example/repo", "http://github.com/example/repo"),
        ("https://user:pass@github.com/example/repo", "https://github.com/example/repo"),
        ("https://user:p@ss@github.com/example/repo", "https://github.com/example/repo"),
        ("https://localhost:8443/example/repo.git/", "https://localhost:8443/example/repo"),
        ("https://github.com", "https://github.com"),
        ("https://github.com/", "https://github.com"),
        ("https://[::1]:8443/a/b", "https://[::1]:8443/a/b"),
        ("HTTPS://GitHub.com/Example/Repo.git", "https://github.com/example/repo"),
        (
            "https://example@dev.azure.com/example/My%20Project/_git/Repo",
            "https://dev.azure.com/example/my%20project/_git/repo"
        ),
        // ssh: the user stays.
        ("ssh://git@github.com/example/repo.git", "ssh://git@github.com/example/repo"),
        ("ssh://git@localhost:2222/example/repo.git/", "ssh://git@localhost:2222/example/repo"),
        ("ssh://git.example.com/", "ssh://git.example.com"),
        // SCP style.
        ("git@github.com:example/repo.git", "ssh://git@github.com/example/repo"),
        ("git@github.com:example/repo.git/", "ssh://git@github.com/example/repo"),
        ("github.com:example/repo", "ssh://github.com/example/repo"),
        ("git.example.com", "ssh://git.example.com"),
        ("git@git.example.com", "ssh://git@git.example.com"),
        ("git@git.example.com:", "ssh://git@git.example.com"),
        ("git@ssh.dev.azure.com:v3/org/project/repo", "ssh://git@ssh.dev.azure.com/v3/org/project/repo"),
        // What no rule understands stays as it is.
        ("http://github.com/example/repo.git?foo=bar", "http://github.com/example/repo.git?foo=bar"),
        ("https://github.com/example/repo.git#main", "https://github.com/example/repo.git#main"),
        ("https://not a url", "https://not a url"),
        ("not even remotely a url", "not even remotely a url"),
        ("https:///example/repo.git", "https:///example/repo.git"),
        ("file:///srv/git/repo.git", "file:///srv/git/repo.git"),
        ("a@b@c:d", "a@b@c:d"), ("@host:path", "@host:path"), ("", ""),
        // What cannot be seen.
        (" \u{FEFF}https://github.com/example/repo", "https://github.com/example/repo"),
        ("\t\nssh://github.com/example/repo\r\n", "ssh://github.com/example/repo"),
        ("\u{200B}https://github.com/exa\u{200B}mple/repo\u{A0}", "https://github.com/example/repo"),
    ]

    @Test(arguments: git) func `Git URLs compare as Kargo compares them`(_ url: String, _ key: String) {
        #expect(RepositoryKey(url, kind: .git).url == key)
    }

    static let image = [
        ("busybox", "busybox"), ("library/busybox", "busybox"), ("docker.io/busybox", "busybox"),
        ("docker.io/library/busybox", "busybox"), ("index.docker.io/library/busybox", "busybox"),
        ("registry-1.docker.io/library/busybox", "busybox"), ("docker.io/example/repo", "example/repo"),
        ("example/repo", "example/repo"), ("example/library/repo", "example/library/repo"),
        ("library", "library"), ("docker.io/library", "library"),
        ("ghcr.io/library/repo", "ghcr.io/library/repo"),
        ("ghcr.io/example/repo", "ghcr.io/example/repo"), ("GHCR.io/Example/Repo", "ghcr.io/example/repo"),
        ("localhost/repo", "localhost/repo"), ("localhost:5000/repo", "localhost:5000/repo"),
        ("registry:5000/a/b", "registry:5000/a/b"), ("registry/a/b", "registry/a/b"),
        // Tags and digests.
        ("busybox:1.36", "busybox"), ("docker.io/library/busybox:1.36", "busybox"),
        ("registry.example.com/team-a/backend/api:1.4.2", "registry.example.com/team-a/backend/api"),
        ("registry.example.com:5000/a/b:1", "registry.example.com:5000/a/b"),
        ("registry.example.com/a/b@sha256:1f1f", "registry.example.com/a/b"),
        ("registry.example.com/a/b:1@sha256:1f1f", "registry.example.com/a/b"),
        ("[::1]:5000/a/b:1", "[::1]:5000/a/b"),
        // What is no image reference stays as it is.
        ("https://charts.example.com/stable", "https://charts.example.com/stable"),
        ("https://charts.example.com:8443", "https://charts.example.com:8443"),
        ("ghcr.io/a//b", "ghcr.io/a//b"), ("ghcr.io/a b", "ghcr.io/a b"), ("/a/b", "/a/b"),
        ("ghcr.io/", "ghcr.io/"), (":1", ":1"), ("@sha256:1f", "@sha256:1f"), ("", ""),
        // What cannot be seen.
        (" \u{FEFF}docker.io/example/repo\u{200B}\n", "example/repo"),
    ]

    @Test(arguments: image) func `Image references compare without registry alias, tag and digest`(
        _ url: String,
        _ key: String
    ) {
        #expect(RepositoryKey(url, kind: .image).url == key)
        #expect(RepositoryKey(url, kind: .chart).url == key)
    }

    @Test(arguments: [
        ("oci://ghcr.io/example/charts/app", "ghcr.io/example/charts/app"),
        ("OCI://ghcr.io/example/charts/app:1.0.0", "ghcr.io/example/charts/app"),
        ("oci://registry-1.docker.io/bitnamicharts/redis", "bitnamicharts/redis"),
        (" oci://ghcr.io/a ", "ghcr.io/a"),
    ])
    func `A chart's oci scheme is dropped`(_ url: String, _ key: String) {
        #expect(RepositoryKey(url, kind: .chart).url == key)
        #expect(RepositoryKey(url, kind: .image).url != key)
    }

    @Test(arguments: RepositoryKind.allCases) func `Normalising twice is normalising once`(
        _ kind: RepositoryKind
    ) {
        // Kargo drops one ".git" and no second one, so a repository that is called so is an exception.
        for (url, _) in Self.git + Self.image where !url.hasSuffix("/.git") && !url.hasSuffix(".git.git") {
            let once = RepositoryKey(url, kind: kind)
            #expect(RepositoryKey(once.url, kind: kind) == once, "\(url)")
        }
    }

    /// Kargo normalises once as well, and its keys are what counts: a Warehouse has to match here what it matches
    /// there.
    ///
    /// No repository suffers: on Docker Hub names have two parts, and none has a dot in the first.
    @Test(arguments: [
        ("library/library/x", "library/x", "x"), ("docker.io/library/library/x", "library/x", "x"),
        ("docker.io/ghcr.io/x", "ghcr.io/x", "ghcr.io/x"),
        ("docker.io/docker.io/x", "docker.io/x", "x"),
        ("docker.io/library/ghcr.io/x", "ghcr.io/x", "ghcr.io/x"),
    ])
    func `A name that no registry has is normalised once, as Kargo does`(
        _ url: String,
        _ once: String,
        _ twice: String
    ) {
        #expect(RepositoryKey(url, kind: .image).url == once)
        #expect(RepositoryKey(once, kind: .image).url == twice)
    }

    @Test func `Kinds never match each other`() {
        #expect(RepositoryKey("a/b", kind: .image) != RepositoryKey("a/b", kind: .chart))
    }

    @Test func `A very long URL is normalised in one pass`() {
        let path = String(repeating: "a/", count: 500_000)
        #expect(RepositoryKey("https://host/\(path)b.git", kind: .git).url.utf8.count == 1_000_014)
        #expect(RepositoryKey("host.example/\(path)b:1", kind: .image).url.utf8.count == 1_000_014)
    }
}
