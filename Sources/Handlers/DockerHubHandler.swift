// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// Docker Hub, which signs nothing and does not retry: knowing the URL authenticates.
///
/// `callback_url` is never read: it comes from a body that anyone who knows the URL can write.
struct DockerHubHandler: Handler {
    let secretKey = "secret"
    let authentication = Authentication.url

    var events: [String] { ["push"] }

    func authenticate(_ delivery: Delivery, secret: Secret, previous: Secret?) -> SecretAge { .current }

    func interpret(_ delivery: Delivery) throws(Rejection) -> Verdict {
        let body = try JSONObject(delivery.body)
        let pushed = try body.object("push_data")
        let name = try body.object("repository").string("repo_name")
        guard !name.isEmpty else { throw .invalidBody() }
        let push = Event.Push(
            repository: name,
            kinds: repositoryKinds(ofMediaType: try pushed.stringIfPresent("media_type")),
            qualifiers: Event.Qualifiers(tag: try pushed.stringIfPresent("tag"))
        )
        return .refresh(Event(name: "push", pushes: [push]))
    }
}
