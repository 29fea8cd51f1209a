// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// Azure Container Registry and Azure DevOps, which share a receiver type.
///
/// Neither signs: knowing the URL authenticates. The body tells them apart, because no User-Agent is
/// documented for the one, and users may override it for both.
struct AzureHandler: Handler {
    let secretKey = "secret"
    let authentication = Authentication.url

    func authenticate(_ delivery: Delivery, secret: Secret) {}

    func interpret(_ delivery: Delivery) throws(Rejection) -> Verdict {
        let envelope = try payload(Envelope.self, in: delivery.body)
        if let type = envelope.eventType, let resource = envelope.resource {
            return try decide(eventType: type, resource, identity: envelope.id)
        }
        guard let action = envelope.action else { throw .unsupportedService }
        if action == "ping" {
            return .acknowledge(
                event: action,
                message: "ping event received, webhook is configured correctly"
            )
        }
        guard let target = envelope.target, let request = envelope.request else { throw .unsupportedService }
        return try decide(action: action, target, host: request.host, identity: envelope.id)
    }

    /// Container Registry.
    private func decide(
        action: String,
        _ target: Target,
        host: String?,
        identity: String?
    ) throws(Rejection) -> Verdict {
        switch action {
        case "push", "chart_push":
            guard let host, !host.isEmpty, let repository = target.repository, !repository.isEmpty else {
                throw .invalidBody()
            }
            let isChart = action == "chart_push"
            // Container Registry writes the version of a chart as the end of its file's name.
            let version = target.version.map { $0.hasSuffix(".tgz") ? String($0.dropLast(4)) : $0 }
            let qualifier = isChart ? version : target.tag
            let push = Event.Push(
                repository: "\(host)/\(repository)",
                kinds: isChart ? [.chart] : repositoryKinds(ofMediaType: target.mediaType),
                qualifiers: Event.Qualifiers(tag: qualifier)
            )
            return .refresh(Event(name: action, pushes: [push], identity: identity))
        case "delete", "chart_delete":
            return .ignored(action, because: "a deletion adds nothing to discover")
        case "quarantine":
            return .ignored(action, because: "an artifact in quarantine cannot be pulled yet")
        default:
            return .ignored(action, because: "this action is not known")
        }
    }

    /// DevOps.
    private func decide(
        eventType: String,
        _ resource: Resource,
        identity: String?
    ) throws(Rejection) -> Verdict {
        guard eventType == "git.push" else {
            let isPullRequest = eventType.hasPrefix("git.pullrequest.")
            return .ignored(
                eventType,
                because: isPullRequest
                    ? "what a pull request merges is pushed, and comes as git.push"
                    : "this event type is not known"
            )
        }
        guard let url = resource.repository?.remoteUrl, !url.isEmpty else { throw .invalidBody() }
        let updates = resource.refUpdates ?? []
        guard updates.count <= refLimit else { throw .invalidBody(hint: "more than \(refLimit) refs") }
        let refs = updates.filter { !$0.isDeletion }.compactMap(\.name)
        guard updates.isEmpty || !refs.isEmpty else {
            return .ignored(eventType, because: "a deleted branch adds nothing to discover")
        }
        let push = Event.Push(
            repository: url,
            kinds: [.git],
            qualifiers: refs.isEmpty ? .unknown : .refs(refs)
        )
        return .refresh(Event(name: eventType, pushes: [push], identity: identity))
    }
}

/// A push of more refs than this is a migration.
///
/// What is compared with every subscriber is bounded, or one body could keep all others waiting.
private let refLimit = 1000

/// Both services at once; what is not there tells them apart.
private struct Envelope: Decodable {
    let id: String?
    let action: String?
    let target: Target?
    let request: Request?
    let eventType: String?
    let resource: Resource?
}

private struct Target: Decodable {
    let mediaType: String?
    let repository: String?
    let tag: String?
    let version: String?
}

private struct Request: Decodable {
    let host: String?
}

private struct Resource: Decodable {
    let refUpdates: [RefUpdate]?
    let repository: Repository?

    struct RefUpdate: Decodable {
        let name: String?
        let newObjectId: String?

        /// An all-zero object id stands for "no longer there".
        var isDeletion: Bool {
            newObjectId.map { !$0.isEmpty && $0.allSatisfy { $0 == "0" } } ?? false
        }
    }

    struct Repository: Decodable {
        let remoteUrl: String?
    }
}
