// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import Outbox
import POSIX

/// What was sent for one receiver, as the outbox's file remembers it.
struct RememberedEntities: EntityLedger {
    let memory: EntityMemory
    let receiver: ReceiverName

    func remember(_ entities: [LedgerEntry]) async throws(CatalogueFailure) {
        guard !entities.isEmpty else { return }
        try await inMemory { () throws(OutboxError) in
            try memory.remember(entities.map(SentEntity.init), of: receiver, at: .now())
        }
    }

    func entities(of objects: [CatalogueObject]) async throws(CatalogueFailure) -> [LedgerEntry] {
        try await inMemory { () throws(OutboxError) in
            try memory.entities(of: objects.map(\.identifier), by: receiver)
        }.compactMap(\.entry)
    }

    func known(among keys: [Entity.Key]) async throws(CatalogueFailure) -> Set<Entity.Key> {
        guard !keys.isEmpty else { return [] }
        let entities = keys.map { SentEntity(object: "", blueprint: $0.blueprint, identifier: $0.identifier) }
        let known = try await inMemory { () throws(OutboxError) in
            try memory.known(among: entities, by: receiver)
        }
        return Set(known.map { Entity.Key(blueprint: $0.blueprint, identifier: $0.identifier) })
    }

    func forget(_ entities: [LedgerEntry]) async throws(CatalogueFailure) {
        guard !entities.isEmpty else { return }
        try await inMemory { () throws(OutboxError) in
            try memory.forget(entities.map(SentEntity.init), of: receiver)
        }
    }

    /// Takes note of entities as `remember` does.
    ///
    /// - Returns: objects whose entities some of them were until then, and when they were last sent for those.
    func takeOver(
        _ entities: [LedgerEntry]
    ) async throws(CatalogueFailure) -> [(object: CatalogueObject, seen: Timestamp)] {
        guard !entities.isEmpty else { return [] }
        return try await inMemory { () throws(OutboxError) in
            try memory.takeOver(entities.map(SentEntity.init), of: receiver, at: .now())
        }.compactMap { entity, seen in entity.entry.map { ($0.object, seen) } }
    }

    /// Entities of these that were sent, with the objects that they were last made from.
    func owners(of keys: [Entity.Key]) async throws(CatalogueFailure) -> [LedgerEntry] {
        guard !keys.isEmpty else { return [] }
        let entities = keys.map { SentEntity(object: "", blueprint: $0.blueprint, identifier: $0.identifier) }
        return try await inMemory { () throws(OutboxError) in
            try memory.known(among: entities, by: receiver)
        }.compactMap(\.entry)
    }

    private func inMemory<Value: Sendable>(
        _ body: @escaping @Sendable () throws(OutboxError) -> Value
    ) async throws(CatalogueFailure) -> Value {
        do throws(OutboxError) {
            return try await onThread { Result { () throws(OutboxError) in try body() } }.get()
        } catch {
            throw CatalogueFailure("what was sent cannot be remembered: \(error)")
        }
    }
}

extension SentEntity {
    fileprivate init(_ entry: LedgerEntry) {
        self.init(
            object: entry.object.identifier,
            blueprint: entry.key.blueprint,
            identifier: entry.key.identifier
        )
    }

    /// Nil for what no object is called.
    fileprivate var entry: LedgerEntry? {
        CatalogueObject(identifier: object).map {
            LedgerEntry(Entity.Key(blueprint: blueprint, identifier: identifier), from: $0)
        }
    }
}
