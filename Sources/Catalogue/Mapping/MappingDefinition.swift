// SPDX-License-Identifier: Apache-2.0

package import Handlers

/// What somebody has written about how Harbor's objects become entities, in Port's format.
package struct MappingDefinition: Sendable, Hashable {
    package let resources: [Resource]

    package init(resources: [Resource]) { self.resources = resources }

    /// How the objects of one kind become entities of one blueprint.
    ///
    /// Every text is an expression of jq.
    package struct Resource: Sendable, Hashable {
        package let kind: CatalogueObject.Kind

        /// Where it is not true, there is no such entity.
        package let query: String
        package let identifier: String
        package let title: String?
        package let blueprint: String
        package let properties: [String: String]
        package let relations: [String: String]

        package init(
            kind: CatalogueObject.Kind,
            query: String = "true",
            identifier: String,
            title: String? = nil,
            blueprint: String,
            properties: [String: String] = [:],
            relations: [String: String] = [:]
        ) {
            self.kind = kind
            self.query = query
            self.identifier = identifier
            self.title = title
            self.blueprint = blueprint
            self.properties = properties
            self.relations = relations
        }
    }
}
