// SPDX-License-Identifier: Apache-2.0

/// An entity that a catalogue may have, and what it was last made from.
package struct SentEntity: Sendable, Hashable {
    /// The identifier of the object in the registry.
    package let object: String

    /// Together they are what a catalogue knows the entity by.
    package let blueprint: String
    package let identifier: String

    package init(object: String, blueprint: String, identifier: String) {
        self.object = object
        self.blueprint = blueprint
        self.identifier = identifier
    }
}
