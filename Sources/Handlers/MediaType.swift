// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// What a repository holds, judged by the media type of the artifact that was pushed to it.
///
/// An OCI image manifest can be either, because Helm charts use it too; so can what is not known.
func repositoryKinds(ofMediaType mediaType: String?) -> [RepositoryKind] {
    switch mediaType {
    case let type? where type.hasPrefix("application/vnd.cncf.helm"): [.chart]
    case let type? where imageMediaTypes.contains(type): [.image]
    default: [.image, .chart]
    }
}

private let imageMediaTypes: Set<String> = [
    "application/vnd.oci.image.index.v1+json",
    "application/vnd.oci.image.config.v1+json",
    "application/vnd.docker.distribution.manifest.list.v2+json",
    "application/vnd.docker.distribution.manifest.v2+json",
    "application/vnd.docker.container.image.v1+json",
]
