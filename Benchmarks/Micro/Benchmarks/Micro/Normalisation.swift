// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// From a URL as it is written to the one that is looked up.
func normalisationBenchmarks() {
    for (name, url, kind) in [
        ("image", "registry.example.com/team-a/backend/api:1.4.2", RepositoryKind.image),
        ("image of Docker Hub", "library/debian", .image),
        ("image, upper case", "Registry.Example.com/Team-A/Backend/API", .image),
        ("chart", "oci://registry.example.com/charts/backend", .chart),
        ("git, HTTPS", "https://git.example.com/team-a/backend.git", .git),
        ("git, SSH", "ssh://git@git.example.com/team-a/backend.git", .git),
        ("git, SCP's way", "git@git.example.com:team-a/backend.git", .git),
    ] {
        measure("normalise \(name)") { RepositoryKey(url, kind: kind) }
    }
}
