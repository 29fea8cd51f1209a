// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import TestSupport

/// An object as Harbor has it, with the members that are added to it.
func fixture(_ name: String) throws -> [UInt8] {
    Array(try Checkout.read("Tests/CatalogueTests/Fixtures/\(name).json").utf8)
}

extension MappingDefinition {
    /// One resource for artifacts; what is not given is as in the default mapping.
    static func artifacts(
        _ properties: [String: String] = [:],
        query: String = "true",
        identifier: String = ".__identifier",
        blueprint: String = #""harborArtifact""#,
        title: String? = nil,
        relations: [String: String] = [:]
    ) -> MappingDefinition {
        MappingDefinition(
            resources: [
                Resource(
                    kind: .artifact,
                    query: query,
                    identifier: identifier,
                    title: title,
                    blueprint: blueprint,
                    properties: properties,
                    relations: relations
                )
            ]
        )
    }
}

extension Dictionary where Value == JSONText {
    var texts: [Key: String] { mapValues(\.description) }
}
