// SPDX-License-Identifier: Apache-2.0

package import Handlers

/// What is known to have been sent for one receiver, also by an earlier process.
package protocol EntityLedger: Sendable {
    /// Takes note of entities that are about to be sent. Where two objects make the same one, it is the last one's.
    func remember(_ entities: [LedgerEntry]) throws(CatalogueFailure)

    /// The entities that were last made from these objects.
    func entities(of objects: [CatalogueObject]) throws(CatalogueFailure) -> [LedgerEntry]

    /// Those of `keys` that were last made from any object.
    func known(among keys: [Entity.Key]) throws(CatalogueFailure) -> Set<Entity.Key>

    /// Forgets entities that are gone.
    func forget(_ entities: [LedgerEntry]) throws(CatalogueFailure)
}

/// An entity, and what it was last made from.
package struct LedgerEntry: Sendable, Hashable {
    package let object: CatalogueObject
    package let key: Entity.Key

    package init(_ key: Entity.Key, from object: CatalogueObject) {
        self.object = object
        self.key = key
    }
}
