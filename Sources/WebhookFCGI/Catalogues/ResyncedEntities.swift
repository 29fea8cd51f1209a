// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import NIOConcurrencyHelpers
import POSIX

/// What was sent for one receiver, for a resync of it, which notices whose entities it sends.
///
/// Two objects may make the same entity one after the other, as a tag moves from one artifact to the next. What a resync
/// sends was read a while ago, so it may take an entity back from the object that has come to make it, of which nothing is
/// in the page that was read.
final class ResyncedEntities: EntityLedger {
    private let entities: RememberedEntities
    private let sent = NIOLockedValueBox(Sent())

    /// What was sent since somebody asked for ``rivals(since:)``.
    private struct Sent {
        var objects: [Entity.Key: CatalogueObject] = [:]

        /// The objects that had made some of it before, and when that was sent for them.
        var former: [(object: CatalogueObject, seen: Timestamp)] = []
    }

    init(_ entities: RememberedEntities) { self.entities = entities }

    func remember(_ entries: [LedgerEntry]) async throws(CatalogueFailure) {
        let former = try await entities.takeOver(entries)
        sent.withLockedValue { sent in
            for entry in entries { sent.objects[entry.key] = entry.object }
            sent.former += former
        }
    }

    func entities(of objects: [CatalogueObject]) async throws(CatalogueFailure) -> [LedgerEntry] {
        try await entities.entities(of: objects)
    }

    func known(among keys: [Entity.Key]) async throws(CatalogueFailure) -> Set<Entity.Key> {
        try await entities.known(among: keys)
    }

    func forget(_ entries: [LedgerEntry]) async throws(CatalogueFailure) {
        try await entities.forget(entries)
    }

    /// Objects that were looked at since `time`, and make entities that were sent for others since somebody asked last.
    ///
    /// Those before and those after: of two that send the same at the same time nobody knows what has arrived last.
    func rivals(since time: Timestamp) async throws(CatalogueFailure) -> [CatalogueObject] {
        let sent = sent.withLockedValue { sent in
            defer { sent = Sent() }
            return sent
        }
        let owners = try await entities.owners(of: Array(sent.objects.keys))
        var rivals = Set(sent.former.filter { $0.seen >= time }.map(\.object))
        rivals.formUnion(owners.filter { $0.object != sent.objects[$0.key] }.map(\.object))
        return Array(rivals)
    }
}
