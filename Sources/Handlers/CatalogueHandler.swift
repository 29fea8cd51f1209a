// SPDX-License-Identifier: Apache-2.0

/// Harbor again, for whom a catalogue is to show what is in it.
///
/// An event says which objects may have changed, and nothing else of it is believed.
struct CatalogueHandler: Handler {
    let secretKey = "webhook-secret"
    let authentication = Authentication.header

    var events: [String] {
        ["PUSH_ARTIFACT"] + changes.keys.filter { $0 != "PUSH_ARTIFACT" }.sorted()
    }

    /// Takes the value as Harbor sends it, after the scheme that the catalogue's own documentation promises, or, from a
    /// relay that signs, the signature of the body.
    ///
    /// All of them are compared whatever the first comparison says.
    func authenticate(
        _ delivery: Delivery,
        secret: Secret,
        previous: Secret?
    ) throws(Rejection) -> SecretAge {
        let authorization = delivery.headers["authorization"]
        guard let value = authorization.first, !value.isEmpty else { throw .missingAuthorization }
        guard authorization.count == 1 else { throw .unauthorized }
        var ages = [secret.age(of: value, previous: previous)]
        if value.hasPrefix(Self.scheme) {
            let token = String(value.dropFirst(Self.scheme.count))
            ages.append(secret.age(of: token, previous: previous))
            ages.append(secret.age(ofSignature: token, of: delivery.body, previous: previous))
        }
        guard let age = ages.compactMap(\.self).first else { throw .unauthorized }
        return age
    }

    private static let scheme = "Harbor-Secret "

    /// Harbor's events are about one repository each: one body must not keep all others waiting.
    private static let mostObjects = 1000

    func interpret(_ delivery: Delivery) throws(Rejection) -> Verdict {
        let envelope = try HarborEnvelope(delivery.body) { changes[$0] != nil }
        let name = envelope.name
        guard let data = envelope.data, let change = changes[name] else {
            return .ignored(name, because: "this event type is not known")
        }
        let identifiers: [String]
        switch change {
        case .artifactAndRepository: identifiers = try artifacts(in: data) + [try repository(in: data)]
        case .artifact: identifiers = try artifacts(in: data)
        case .project: identifiers = [try project(in: data)]
        case .replication:
            let replication = try data.object("replication")
            let status = try replication.stringIfPresent("job_status") ?? ""
            guard status == "Success" else {
                return .ignored(name, because: "a replication changes something once it has succeeded")
            }
            identifiers = try repositories(replicatedBy: replication)
        case .retention: identifiers = try repositories(thinnedBy: try data.object("retention"))
        }
        var known: Set<CatalogueObject> = []
        let objects = identifiers.compactMap { CatalogueObject(identifier: $0) }.filter {
            change.kinds.contains($0.kind) && known.insert($0).inserted
        }
        guard objects.count <= Self.mostObjects else {
            throw .invalidBody(hint: "more than \(Self.mostObjects) objects")
        }
        guard !objects.isEmpty else {
            return .ignored(name, because: "it names no \(change.kinds[0].rawValue)")
        }
        return .catalogue(event: name, objects, identity: envelope.identity)
    }
}

/// Which objects an event is about.
private enum Change {
    case artifactAndRepository
    case artifact
    case project
    case replication
    case retention

    var kinds: [CatalogueObject.Kind] {
        switch self {
        case .artifactAndRepository: [.artifact, .repository]
        case .artifact: [.artifact]
        case .project: [.project]
        case .replication, .retention: [.repository]
        }
    }
}

extension CatalogueObject {
    /// What of it may be another after an event of this name.
    package func change(after event: String) -> String {
        switch (event, kind) {
        case ("PUSH_ARTIFACT", .artifact): "it was pushed"
        case ("PUSH_ARTIFACT", _): "something was pushed to it"
        case ("PULL_ARTIFACT", .artifact): "it was pulled"
        case ("PULL_ARTIFACT", _): "something was pulled from it"
        case ("DELETE_ARTIFACT", .artifact): "it was deleted"
        case ("DELETE_ARTIFACT", _): "something was deleted from it, maybe the last"
        case ("QUOTA_EXCEED", _): "its quota is exceeded"
        case ("QUOTA_WARNING", _): "its quota is nearly used up"
        case ("REPLICATION", _): "something was replicated to it or from it"
        case ("TAG_RETENTION", _): "retention has removed something from it"
        default: "a scan of it has ended"
        }
    }

    /// Whether Harbor says what an event of this name has changed some seconds after it: it counts pulls in memory, and
    /// writes them down from time to time.
    package static func changesLater(after event: String) -> Bool { event == "PULL_ARTIFACT" }
}

private let changes: [String: Change] = [
    "PUSH_ARTIFACT": .artifactAndRepository,
    "PULL_ARTIFACT": .artifactAndRepository,
    "DELETE_ARTIFACT": .artifactAndRepository,
    "SCANNING_COMPLETED": .artifact,
    "SCANNING_FAILED": .artifact,
    "SCANNING_STOPPED": .artifact,
    "QUOTA_EXCEED": .project,
    "QUOTA_WARNING": .project,
    "REPLICATION": .replication,
    "TAG_RETENTION": .retention,
]

/// The identifier of the repository that an event is about; empty where it names none.
private func repository(in data: JSONObject) throws(Rejection) -> String {
    try data.objectIfPresent("repository")?.stringIfPresent("repo_full_name") ?? ""
}

private func project(in data: JSONObject) throws(Rejection) -> String {
    try data.objectIfPresent("repository")?.stringIfPresent("namespace") ?? ""
}

private func artifacts(in data: JSONObject) throws(Rejection) -> [String] {
    let repository = try repository(in: data)
    var artifacts: [String] = []
    // Harbor sends one.
    for resource in try data.objects("resources", limit: 100) {
        if let digest = try resource.stringIfPresent("digest") { artifacts.append("\(repository)@\(digest)") }
    }
    return artifacts
}

/// Harbor writes this side's project into the block of the destination, whichever way the replication goes.
private func repositories(replicatedBy replication: JSONObject) throws(Rejection) -> [String] {
    let project = try replication.objectIfPresent("dest_resource")?.stringIfPresent("namespace") ?? ""
    return try names(in: replication, "successful_artifact").map { name in
        // `backend/api [2 item(s) in total]`
        "\(project)/\(name.prefix { $0 != " " })"
    }
}

/// One event is about one repository, of which thousands of artifacts may have gone.
private func repositories(thinnedBy retention: JSONObject) throws(Rejection) -> [String] {
    let project = try retention.stringIfPresent("project_name") ?? ""
    return try names(in: retention, "deleted_artifact").map { name in
        // `backend/api:1.4.2` or `backend/api@sha256:…`
        "\(project)/\(name.prefix { $0 != ":" && $0 != "@" })"
    }
}

private func names(in object: JSONObject, _ key: StaticString) throws(Rejection) -> [String] {
    var names: [String] = []
    for artifact in try object.objects(key, limit: 100_000) {
        if let name = try artifact.stringIfPresent("name_tag"), name != names.last { names.append(name) }
    }
    return names
}
