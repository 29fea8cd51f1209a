// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// Docker Hub, which signs nothing and does not retry: knowing the URL authenticates.
///
/// `callback_url` is never read: it comes from a body that anyone who knows the URL can write.
struct DockerHubHandler: Handler {
    let secretKey = "secret"
    let authentication = Authentication.url

    func authenticate(_ delivery: Delivery, secret: Secret) {}

    func interpret(_ delivery: Delivery) throws(Rejection) -> Verdict {
        let payload = try payload(Payload.self, in: delivery.body)
        let name = payload.repository.repoName
        guard !name.isEmpty else { throw .invalidBody() }
        let push = Event.Push(
            repository: name,
            kinds: repositoryKinds(ofMediaType: payload.pushData.mediaType),
            qualifiers: Event.Qualifiers(tag: payload.pushData.tag)
        )
        return .refresh(Event(name: "push", pushes: [push]))
    }
}

private struct Payload: Decodable {
    let pushData: PushData
    let repository: Repository

    enum CodingKeys: String, CodingKey {
        case pushData = "push_data"
        case repository
    }

    struct PushData: Decodable {
        let tag: String?
        let mediaType: String?

        enum CodingKeys: String, CodingKey {
            case tag
            case mediaType = "media_type"
        }
    }

    struct Repository: Decodable {
        let repoName: String

        enum CodingKeys: String, CodingKey { case repoName = "repo_name" }
    }
}
