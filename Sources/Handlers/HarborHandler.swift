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
        let envelope: Envelope
        do { envelope = try Envelope(JSONObject(delivery.body)) } catch {
            throw isSlackMessage(delivery.body) ? .invalidBody(hint: slackHint) : error
        }
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

    /// Slack targets send text that is not even JSON: raw newlines inside a string.
    private func isSlackMessage(_ body: [UInt8]) -> Bool {
        body.prefix(64).filter { $0 > 0x20 }.starts(with: Array(#"{"blocks":["#.utf8))
    }
}

private let slackHint = "this is a Slack message, set the notify type of the webhook to http"

private let cloudEventTypes = [
    "harbor.artifact.pushed": "PUSH_ARTIFACT",
    "harbor.artifact.pulled": "PULL_ARTIFACT",
    "harbor.artifact.deleted": "DELETE_ARTIFACT",
    "harbor.quota.exceeded": "QUOTA_EXCEED",
    "harbor.quota.warned": "QUOTA_WARNING",
    "harbor.scan.completed": "SCANNING_COMPLETED",
    "harbor.scan.failed": "SCANNING_FAILED",
    "harbor.scan.stopped": "SCANNING_STOPPED",
    "harbor.replication.status.changed": "REPLICATION",
    "harbor.tag_retention.finished": "TAG_RETENTION",
]

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

/// Either format.
///
/// Of an event that is ignored the type alone is read, for Harbor would send it again in vain if anything else
/// in it were minded.
private struct Envelope {
    /// As `Default` spells it.
    let name: String

    /// Nil when nothing in it matters.
    let data: JSONObject?

    /// What CloudEvents call the event.
    let identity: String?

    init(_ body: JSONObject) throws(Rejection) {
        let type = try body.string("type")
        let isCloudEvent = try body.stringIfPresent("specversion") != nil
        name = isCloudEvent ? cloudEventTypes[type] ?? type : type
        guard name == "PUSH_ARTIFACT" else {
            (data, identity) = (nil, nil)
            return
        }
        data = try body.object(isCloudEvent ? "data" : "event_data")
        let id = isCloudEvent ? try body.stringIfPresent("id") : nil
        let source = id == nil ? nil : try body.stringIfPresent("source")
        identity = id.map { "\(source ?? "") \($0)" }
    }
}
