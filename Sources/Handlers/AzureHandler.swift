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
        switch try payload(Payload.self, in: delivery.body) {
        case .ping:
            .acknowledge(
                event: "ping",
                message: "ping event received, webhook is configured correctly"
            )
        case .registryPush(let action, let target, let request, let identity):
            try decide(action: action, target, host: request.host, identity: identity)
        case .registry(let action): .ignored(action, because: reason(forIgnoring: action))
        case .gitPush(let resource, let identity): try decide(resource, identity: identity)
        case .devOps(let eventType):
            .ignored(
                eventType,
                because: eventType.hasPrefix("git.pullrequest.")
                    ? "what a pull request merges is pushed, and comes as git.push"
                    : "this event type is not known"
            )
        case .neither: throw .unsupportedService
        }
    }

    /// Container Registry.
    private func decide(
        action: String,
        _ target: Target,
        host: String?,
        identity: String?
    ) throws(Rejection) -> Verdict {
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
    }

    private func reason(forIgnoring action: String) -> String {
        switch action {
        case "delete", "chart_delete": "a deletion adds nothing to discover"
        case "quarantine": "an artifact in quarantine cannot be pulled yet"
        default: "this action is not known"
        }
    }

    /// DevOps.
    private func decide(_ resource: Resource, identity: String?) throws(Rejection) -> Verdict {
        guard let url = resource.repository?.remoteUrl, !url.isEmpty else { throw .invalidBody() }
        let updates = resource.refUpdates ?? []
        guard updates.count <= refLimit else { throw .invalidBody(hint: "more than \(refLimit) refs") }
        let changes = updates.filter { !$0.isDeletion }
        guard updates.isEmpty || !changes.isEmpty else {
            return .ignored(pushType, because: "a deleted branch adds nothing to discover")
        }
        let refs = changes.compactMap(\.name).filter { !$0.isEmpty }
        let push = Event.Push(
            repository: url,
            kinds: [.git],
            // Something was pushed: where no ref is named, every subscriber has to look.
            qualifiers: refs.isEmpty ? .unknown : .refs(refs)
        )
        return .refresh(Event(name: pushType, pushes: [push], identity: identity))
    }
}

private let pushType = "git.push"

/// A push of more refs than this is a migration.
///
/// What is compared with every subscriber is bounded, or one body could keep all others waiting.
private let refLimit = 1000

/// What either service sends; what is there tells them apart.
///
/// Of an event that is ignored only its name is read: the rest may have any shape.
private enum Payload: Decodable {
    case ping
    case registryPush(action: String, Target, Request, identity: String?)
    case registry(action: String)
    case gitPush(Resource, identity: String?)
    case devOps(eventType: String)
    case neither

    private enum CodingKeys: CodingKey {
        case id, action, target, request, eventType, resource
    }

    init(from decoder: any Decoder) throws {
        let fields = try decoder.container(keyedBy: CodingKeys.self)
        let identity = { try fields.decodeIfPresent(String.self, forKey: .id) }
        if fields.contains(.resource),
            let eventType = try fields.decodeIfPresent(String.self, forKey: .eventType)
        {
            self =
                eventType == pushType
                ? .gitPush(try fields.decode(Resource.self, forKey: .resource), identity: try identity())
                : .devOps(eventType: eventType)
            return
        }
        switch try fields.decodeIfPresent(String.self, forKey: .action) {
        case "ping": self = .ping
        case let action? where fields.contains(.target) && fields.contains(.request):
            guard ["push", "chart_push"].contains(action) else {
                self = .registry(action: action)
                return
            }
            self = .registryPush(
                action: action,
                try fields.decode(Target.self, forKey: .target),
                try fields.decode(Request.self, forKey: .request),
                identity: try identity()
            )
        default: self = .neither
        }
    }
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
