// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A site with a CatalogueReceiver `portal`, the Harbor that it reads, and the Port that it could write to.
struct CatalogueSite {
    let site: Site
    let harbor: HarborServer
    let port: PortServer

    enum Sink {
        case folder
        case port
    }

    /// Has one for as long as `body` runs; nothing is left behind.
    static func with(
        _ sink: Sink = .folder,
        _ setup: Setup = Setup(),
        more: String = "",
        _ body: (CatalogueSite) async throws -> Void
    ) async throws {
        let harbor = try await HarborServer()
        let port = try await PortServer()
        var setup = setup
        setup.manifests["portal.yaml"] = manifest(harbor, port, sink, more: more)
        do {
            try await Site.with(setup) { site in
                try await body(CatalogueSite(site: site, harbor: harbor, port: port))
            }
        } catch {
            try await harbor.stop()
            try await port.stop()
            throw error
        }
        try await harbor.stop()
        try await port.stop()
    }

    static func manifest(
        _ harbor: HarborServer,
        _ port: PortServer,
        _ sink: Sink,
        more: String = ""
    ) -> String {
        let sink =
            sink == .folder
            ? "file: { directory: ../catalogue }"
            : "port: { url: \"\(port.url)\", credentialsRef: { name: port-credentials } }"
        return Manifests.catalogue(harbor: harbor.url, sink: sink, more: more)
    }

    /// Tells the receiver of an event.
    @discardableResult
    func deliver(_ body: [UInt8]) throws -> HTTPReply { try site.deliver(body, to: "portal") }

    /// The identifiers of the entities in the folder, or in another one.
    func entities(in folder: String = "catalogue") -> Set<String> {
        let path = "\(site.folder.path)/\(folder)"
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return Set(
            names.filter { $0.hasSuffix(".json") }.compactMap { name in
                let file = name.split(separator: "/").last.map { String($0.dropLast(5)) }
                return file?.replacing("%2f", with: "/").replacing("%3a", with: ":")
            }
        )
    }

    /// What an entity's document says.
    func entity(_ blueprint: String, _ identifier: String) -> String {
        let name = identifier.replacing("/", with: "%2f").replacing(":", with: "%3a")
        return site.folder.read("catalogue/harbor\(blueprint.map(Self.escaped).joined())/\(name).json")
    }

    private static func escaped(_ character: Character) -> String {
        character.isUppercase ? "%\(String(character.asciiValue ?? 0, radix: 16))" : "\(character)"
    }

    /// What Harbor was asked for, by kind.
    var fetches: [String] {
        harbor.calls.map { call in
            if call.path.contains("/artifacts/") { return "artifact" }
            return call.path.contains("/repositories/") ? "repository" : "project"
        }
    }

    struct Pending: Decodable {
        let target: String
        let lastError: String?
    }

    /// What is pending, as `outbox` prints it.
    func pending() throws -> [Pending] {
        let json = try site.command("outbox", "--output", "json").succeeded()
        return try JSONDecoder().decode([Pending].self, from: Data(json.utf8))
    }
}
