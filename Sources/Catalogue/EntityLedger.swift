// SPDX-License-Identifier: Apache-2.0

package import Handlers

/// What is known to have been sent for one receiver, also by an earlier process.
///
/// It may wait for a disk, or for another process, on no thread that tasks have.
package protocol EntityLedger: Sendable {
    /// Takes note of entities that are about to be sent. Where two objects make the same one, it is the last one's.
    func remember(_ entities: [LedgerEntry]) async throws(CatalogueFailure)

    /// The entities that were last made from these objects.
    func entities(of objects: [CatalogueObject]) async throws(CatalogueFailure) -> [LedgerEntry]

    /// Those of `keys` that were last made from any object.
    func known(among keys: [Entity.Key]) async throws(CatalogueFailure) -> Set<Entity.Key>

    /// Forgets entities that are gone.
    func forget(_ entities: [LedgerEntry]) async throws(CatalogueFailure)
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
