// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// Harbor, and MSR 4, which is built on it.
///
/// Harbor sends one static `Authorization` value, signs nothing, and writes the same event in one of two
/// formats: `Default`, or `CloudEvents` in structured mode. The body says which; the Content-Type only repeats
/// it, and relays are known to rewrite that.
struct HarborHandler: Handler {
    let secretKey = "auth-header"
    let authentication = Authentication.header

    var events: [String] { ["PUSH_ARTIFACT"] + ignoredEvents.keys.sorted() }

    func authenticate(
        _ delivery: Delivery,
        secret: Secret,
        previous: Secret?
    ) throws(Rejection) -> SecretAge {
        let authorization = delivery.headers["authorization"]
        guard let value = authorization.first, !value.isEmpty else { throw .missingAuthorization }
        guard authorization.count == 1, let age = secret.age(of: value, previous: previous) else {
            throw .unauthorized
        }
        return age
    }

    func interpret(_ delivery: Delivery) throws(Rejection) -> Verdict {
        let envelope = try HarborEnvelope(delivery.body) { $0 == "PUSH_ARTIFACT" }
        let name = envelope.name
        guard let data = envelope.data else {
            return .ignored(name, because: ignoredEvents[name] ?? "this event type is not known")
        }
        // Harbor sends one.
        let pushes = try data.objects("resources", limit: 100).map(push).compactMap(\.self)
        guard !pushes.isEmpty else { return .ignored(name, because: "it names no artifact") }
        return .refresh(Event(name: name, pushes: pushes, identity: envelope.identity))
    }

    private func push(_ resource: JSONObject) throws(Rejection) -> Event.Push? {
        let tag = try resource.stringIfPresent("tag")
        guard let url = try resource.stringIfPresent("resource_url"), !url.isEmpty else { return nil }
        // An untagged artifact has its digest in the place of the tag.
        let qualifiers = Event.Qualifiers(tag: tag.flatMap { isDigest($0) ? nil : $0 })
        return Event.Push(repository: url, kinds: [.image, .chart], qualifiers: qualifiers)
    }

    /// A tag cannot hold a colon (OCI Distribution §2), a digest always does.
    private func isDigest(_ tag: String) -> Bool { tag.utf8.contains(UInt8(ascii: ":")) }
}

/// Everything Harbor can send besides a push, with the reason why it wakes nobody.
private let ignoredEvents = [
    "PULL_ARTIFACT": "a pull adds nothing to discover",
    "DELETE_ARTIFACT": "a deletion adds nothing to discover",
    "QUOTA_EXCEED": "quota does not change what is in a repository",
    "QUOTA_WARNING": "quota does not change what is in a repository",
    "SCANNING_COMPLETED": "a scan does not change what is in a repository",
    "SCANNING_FAILED": "a scan does not change what is in a repository",
    "SCANNING_STOPPED": "a scan does not change what is in a repository",
    "REPLICATION": "each artifact that is replicated here is pushed, and comes as PUSH_ARTIFACT",
    "TAG_RETENTION": "a deletion adds nothing to discover",
]
