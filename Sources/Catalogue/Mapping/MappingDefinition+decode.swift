// SPDX-License-Identifier: Apache-2.0

internal import Handlers

extension MappingDefinition: Decodable {
    /// Three settings of Port's own integrations may be there, as long as they say what is done anyway.
    private static let fixed = [
        "createMissingRelatedEntities", "deleteDependentEntities", "enableMergeEntity",
    ]

    /// Refuses what it does not know: a key that counts for Port and not here would be a wrong catalogue.
    package init(from decoder: any Decoder) throws {
        let document = try decoder.members(["resources"] + Self.fixed)
        for name in Self.fixed where try document.decodeIfPresent(Bool.self, forKey: Name(name)) == false {
            throw decoder.problem("\(name) is always true here: leave it out")
        }
        resources = try document.decode([Resource].self, forKey: Name("resources"))
    }
}

extension MappingDefinition.Resource: Decodable {
    package init(from decoder: any Decoder) throws {
        let resource = try decoder.members(["kind", "selector", "port"])
        let selector = try resource.superDecoder(forKey: Name("selector")).members(["query"])
        let port = try resource.superDecoder(forKey: Name("port")).members(["entity"])
        let entity = try port.superDecoder(forKey: Name("entity")).members(["mappings"])
        let mappings = try entity.superDecoder(forKey: Name("mappings"))
            .members(["identifier", "title", "blueprint", "properties", "relations"])
        let name = try resource.decode(String.self, forKey: Name("kind"))
        guard let kind = CatalogueObject.Kind(rawValue: name) else {
            let known = CatalogueObject.Kind.allCases.map(\.rawValue).joined(separator: ", ")
            throw decoder.problem("there is no kind '\(name)': there are \(known)")
        }
        self.init(
            kind: kind,
            query: try selector.decode(String.self, forKey: Name("query")),
            identifier: try mappings.decode(String.self, forKey: Name("identifier")),
            title: try mappings.decodeIfPresent(String.self, forKey: Name("title")),
            blueprint: try mappings.decode(String.self, forKey: Name("blueprint")),
            properties: try mappings.decodeIfPresent([String: String].self, forKey: Name("properties"))
                ?? [:],
            relations: try mappings.decodeIfPresent([String: String].self, forKey: Name("relations")) ?? [:]
        )
    }
}

extension Decoder {
    /// The members of an object that may have these and no others.
    fileprivate func members(_ known: [String]) throws -> KeyedDecodingContainer<Name> {
        let members = try container(keyedBy: Name.self)
        guard let name = members.allKeys.map(\.stringValue).sorted().first(where: { !known.contains($0) })
        else {
            return members
        }
        throw problem("unknown key '\(name)': known here are \(known.joined(separator: ", "))")
    }

    fileprivate func problem(_ text: String) -> DecodingError {
        .dataCorrupted(DecodingError.Context(codingPath: codingPath, debugDescription: text))
    }
}

/// Any key.
private struct Name: CodingKey {
    let stringValue: String
    var intValue: Int? { nil }

    init(_ name: String) { stringValue = name }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
}
