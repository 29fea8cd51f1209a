// SPDX-License-Identifier: Apache-2.0

/// A project, a repository or an artifact as a catalogue has it.
package struct Entity: Sendable, Hashable {
    package let key: Key
    package internal(set) var title: String?

    /// By name; what could not be found out is null, which empties it in the catalogue, too.
    package internal(set) var properties: [String: JSONText]

    /// By name: another entity's identifier, an array of them, or null.
    package internal(set) var relations: [String: JSONText]

    /// What tells an entity from all others of a catalogue.
    package struct Key: Sendable, Hashable, Comparable, CustomStringConvertible {
        package let blueprint: String
        package let identifier: String

        package init(blueprint: String, identifier: String) {
            (self.blueprint, self.identifier) = (blueprint, identifier)
        }

        package var description: String { "\(blueprint) \(identifier)" }

        package static func < (left: Self, right: Self) -> Bool {
            (left.blueprint, left.identifier) < (right.blueprint, right.identifier)
        }
    }

    package init(
        _ key: Key,
        title: String? = nil,
        properties: [String: JSONText] = [:],
        relations: [String: JSONText] = [:]
    ) {
        self.key = key
        self.title = title
        self.properties = properties
        self.relations = relations
    }

    /// About as many as it takes in memory.
    var byteCount: Int {
        [properties, relations].joined().reduce(title?.utf8.count ?? 0) { count, value in
            count + value.key.utf8.count + value.value.description.utf8.count
        }
    }

    /// Two resources may say different things of one entity; where both say something, the later one counts.
    func merged(with other: Entity) -> Entity {
        Entity(
            key,
            title: other.title ?? title,
            properties: properties.merging(other.properties) { $1 },
            relations: relations.merging(other.relations) { $1 }
        )
    }
}
