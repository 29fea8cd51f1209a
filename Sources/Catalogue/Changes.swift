// SPDX-License-Identifier: Apache-2.0

internal import Handlers

/// What has to be done for several objects at once.
struct Changes {
    private(set) var upserts: [(entity: Entity, object: CatalogueObject)] = []
    private(set) var deletes: [LedgerEntry] = []

    /// Every object that is in it.
    private(set) var objects: [CatalogueObject] = []

    /// Those of which everything is known that they become: what was sent for them before and is not in it has to go.
    private(set) var settled: [CatalogueObject] = []

    /// Those that are not there any more.
    private(set) var gone: Set<CatalogueObject> = []

    private var places: [Entity.Key: Int] = [:]

    mutating func add(_ mapped: Mapped, of object: CatalogueObject, isGone: Bool) {
        objects.append(object)
        if isGone { gone.insert(object) }
        if isGone || mapped.isComplete { settled.append(object) }
        deletes += mapped.deletes.map { LedgerEntry($0, from: object) }
        for entity in mapped.entities {
            // Of two objects that become the same entity the later one counts.
            if let place = places[entity.key] {
                upserts[place] = (entity, object)
            } else {
                places[entity.key] = upserts.count
                upserts.append((entity, object))
            }
        }
    }
}
