// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers

/// What was sent, for somebody who sends nothing: where it cannot be read, nothing is known.
struct ReadEntities: EntityLedger {
    let entities: RememberedEntities

    func remember(_ entities: [LedgerEntry]) {}
    func forget(_ entities: [LedgerEntry]) {}

    func entities(of objects: [CatalogueObject]) async -> [LedgerEntry] {
        (try? await entities.entities(of: objects)) ?? []
    }

    func known(among keys: [Entity.Key]) async -> Set<Entity.Key> {
        (try? await entities.known(among: keys)) ?? []
    }
}
