// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import HTTP
internal import Handlers

extension CatalogueObject {
    /// The steps to it below the API, not yet encoded.
    ///
    /// Harbor takes a repository's name encoded twice, because its router decodes once before it looks for slashes.
    var path: [String] {
        switch self {
        case .project(let project): ["projects", project]
        case .repository(let project, let name): ["projects", project, "repositories", name.percentEncoded]
        case .artifact(let project, let repository, let digest):
            ["projects", project, "repositories", repository.percentEncoded, "artifacts", digest]
        }
    }

    var query: [(name: String, value: String)] { kind == .artifact ? Self.artifactQuery : [] }

    /// None of it is there without being asked for.
    static let artifactQuery = [
        (name: "with_tag", value: "true"), (name: "with_label", value: "true"),
        (name: "with_scan_overview", value: "true"),
    ]

    /// The object of this kind that `json` is, in the same place.
    func found(in json: ArraySlice<UInt8>, _ identity: Identity?) -> HarborObject? {
        identity?.object(in: parents.first).flatMap { HarborObject($0, json) }
    }
}

/// What an object in Harbor's JSON calls itself.
struct Identity: Decodable {
    private let name: String?
    private let digest: String?

    /// Nil for what is no JSON of an object.
    init?(_ json: ArraySlice<UInt8>) {
        guard let identity = try? JSONDecoder().decode(Self.self, from: Data(json)) else { return nil }
        self = identity
    }

    /// A project, a repository of a project, or an artifact of a repository; nil where it has no name, or one that cannot be.
    func object(in parent: CatalogueObject?) -> CatalogueObject? {
        switch parent {
        case nil: checked(name) { .project($0) }
        case .project(let project):
            // A repository's has the project's before it.
            checked(
                name.flatMap { $0.hasPrefix("\(project)/") ? String($0.dropFirst(project.count + 1)) : nil }
            ) {
                .repository(project: project, name: $0)
            }
        case .repository(let project, let repository):
            checked(digest) { .artifact(project: project, repository: repository, digest: $0) }
        case .artifact: nil
        }
    }

    private func checked(_ name: String?, _ make: (String) -> CatalogueObject) -> CatalogueObject? {
        guard let object = name.map(make), CatalogueObject(identifier: object.identifier) == object else {
            return nil
        }
        return object
    }
}
