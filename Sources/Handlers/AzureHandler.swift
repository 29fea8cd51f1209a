// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// Azure Container Registry and Azure DevOps, which share a receiver type.
///
/// Neither signs: knowing the URL authenticates. The body tells them apart, because no User-Agent is
/// documented for the one, and users may override it for both.
struct AzureHandler: Handler {
    let secretKey = "secret"
    let authentication = Authentication.url

    var events: [String] {
        ["push", "git.push", "chart_push", "ping", "delete", "chart_delete", "quarantine"]
    }

    func authenticate(_ delivery: Delivery, secret: Secret, previous: Secret?) -> SecretAge { .current }

    func interpret(_ delivery: Delivery) throws(Rejection) -> Verdict {
        let body = try JSONObject(delivery.body)
        if body.contains("resource"), let eventType = try body.stringIfPresent("eventType") {
            return try decide(devOps: eventType, body)
        }
        switch try body.stringIfPresent("action") {
        case "ping":
            return .acknowledge(
                event: "ping",
                message: "ping event received, webhook is configured correctly"
            )
        case let action? where body.contains("target") && body.contains("request"):
            return try decide(registry: action, body)
        default: throw .unsupportedService
        }
    }

    /// Container Registry.
    ///
    /// Of an event that is ignored only its name is read: the rest may have any shape.
    private func decide(registry action: String, _ body: JSONObject) throws(Rejection) -> Verdict {
        guard ["push", "chart_push"].contains(action) else {
            return .ignored(action, because: reason(forIgnoring: action))
        }
        let target = try body.object("target")
        guard let host = try body.object("request").stringIfPresent("host"), !host.isEmpty,
            let repository = try target.stringIfPresent("repository"), !repository.isEmpty
        else { throw .invalidBody() }
        let isChart = action == "chart_push"
        let mediaType = try target.stringIfPresent("mediaType")
        // Container Registry writes the version of a chart as the end of its file's name.
        let version = try target.stringIfPresent("version").map {
            $0.hasSuffix(".tgz") ? String($0.dropLast(4)) : $0
        }
        let tag = try target.stringIfPresent("tag")
        let push = Event.Push(
            repository: "\(host)/\(repository)",
            kinds: isChart ? [.chart] : repositoryKinds(ofMediaType: mediaType),
            qualifiers: Event.Qualifiers(tag: isChart ? version : tag)
        )
        return .refresh(Event(name: action, pushes: [push], identity: try body.stringIfPresent("id")))
    }

    private func reason(forIgnoring action: String) -> String {
        switch action {
        case "delete", "chart_delete": "a deletion adds nothing to discover"
        case "quarantine": "an artifact in quarantine cannot be pulled yet"
        default: "this action is not known"
        }
    }

    /// DevOps.
    ///
    /// Of an event that is ignored only its name is read: the rest may have any shape.
    private func decide(devOps eventType: String, _ body: JSONObject) throws(Rejection) -> Verdict {
        guard eventType == "git.push" else {
            return .ignored(
                eventType,
                because: eventType.hasPrefix("git.pullrequest.")
                    ? "what a pull request merges is pushed, and comes as git.push"
                    : "this event type is not known"
            )
        }
        let resource = try body.object("resource")
        let repository = try resource.objectIfPresent("repository")
        guard let url = try repository?.stringIfPresent("remoteUrl"), !url.isEmpty else {
            throw .invalidBody()
        }
        // A push of more refs than this is a migration.
        let updates = try resource.objects("refUpdates", limit: 1000).map(RefUpdate.init)
        let changes = updates.filter { !$0.isDeletion }
        guard updates.isEmpty || !changes.isEmpty else {
            return .ignored(eventType, because: "a deleted branch adds nothing to discover")
        }
        let refs = changes.compactMap(\.name).filter { !$0.isEmpty }
        let push = Event.Push(
            repository: url,
            kinds: [.git],
            // Something was pushed: where no ref is named, every subscriber has to look.
            qualifiers: refs.isEmpty ? .unknown : .refs(refs)
        )
        return .refresh(Event(name: eventType, pushes: [push], identity: try body.stringIfPresent("id")))
    }
}

/// What DevOps says of a ref.
private struct RefUpdate {
    let name: String?
    let isDeletion: Bool

    init(_ update: JSONObject) throws(Rejection) {
        name = try update.stringIfPresent("name")
        // An all-zero object id stands for "no longer there".
        isDeletion =
            try update.stringIfPresent("newObjectId").map {
                !$0.isEmpty && $0.utf8.allSatisfy { $0 == UInt8(ascii: "0") }
            } ?? false
    }
}
