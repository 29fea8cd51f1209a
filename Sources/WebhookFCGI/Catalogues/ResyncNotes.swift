// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import NIOConcurrencyHelpers
import Outbox
import POSIX

/// What a resync of one receiver keeps in the outbox's file, and finds there.
final class ResyncNotes: ResyncMemory {
    private let memory: EntityMemory
    private let maintenance: OutboxMaintenance
    private let receiver: ReceiverName
    private let entities: ResyncedEntities
    private let kept = NIOLockedValueBox(0)

    /// After so many notes SQLite's log is brought into the file: where no service runs, nobody else does.
    private static let notesPerCheckpoint = 50

    /// `entities` are what the resync sends.
    init(
        _ memory: EntityMemory,
        _ outbox: Outbox,
        of receiver: ReceiverName,
        _ entities: ResyncedEntities
    ) {
        self.memory = memory
        self.entities = entities
        maintenance = OutboxMaintenance(outbox)
        self.receiver = receiver
    }

    func position() async throws(CatalogueFailure) -> (text: String, started: Timestamp)? {
        try await inOutbox { [memory, receiver] () throws(OutboxError) in try memory.resync(of: receiver) }
            .map { ($0.position, $0.started) }
    }

    func keep(_ position: String, started: Timestamp) async throws(CatalogueFailure) {
        let resync = EntityMemory.Resync(position: position, started: started)
        let isDue = kept.withLockedValue { kept in
            kept += 1
            return kept % Self.notesPerCheckpoint == 0
        }
        try await inOutbox { [memory, maintenance, receiver] () throws(OutboxError) in
            try memory.setResync(resync, of: receiver)
            if isDue { try maintenance.checkpoint() }
        }
    }

    func forgetPosition() async throws(CatalogueFailure) {
        try await inOutbox { [memory, maintenance, receiver] () throws(OutboxError) in
            try memory.setResync(nil, of: receiver)
            try maintenance.checkpoint()
        }
    }

    func entities(
        notSentSince time: Timestamp,
        after entity: RememberedEntity?,
        limit: Int
    ) async throws(CatalogueFailure) -> [RememberedEntity] {
        let last = entity.map {
            SentEntity(object: $0.object, blueprint: $0.blueprint, identifier: $0.identifier)
        }
        return try await inOutbox { [memory, receiver] () throws(OutboxError) in
            try memory.entities(notSeenSince: time, after: last, by: receiver, limit: limit)
        }.map { RememberedEntity(object: $0.object, blueprint: $0.blueprint, identifier: $0.identifier) }
    }

    func objects(
        withEntitiesAmong objects: [CatalogueObject]
    ) async throws(CatalogueFailure) -> Set<CatalogueObject> {
        let entities = try await inOutbox { [memory, receiver] () throws(OutboxError) in
            try memory.entities(of: objects.map(\.identifier), by: receiver)
        }
        return Set(entities.compactMap { CatalogueObject(identifier: $0.object) })
    }

    func objects(
        withEventsSince time: Timestamp,
        among objects: [CatalogueObject]
    ) async throws(CatalogueFailure) -> [CatalogueObject] {
        let names = try await inOutbox { [memory, receiver] () throws(OutboxError) in
            try memory.objects(
                withEventsSince: time,
                among: objects.map(\.identifier),
                of: receiver
            )
        }
        return names.compactMap { CatalogueObject(identifier: $0) }
    }

    func rivals(since time: Timestamp) async throws(CatalogueFailure) -> [CatalogueObject] {
        try await entities.rivals(since: time)
    }

    private func inOutbox<Value: Sendable>(
        _ body: @escaping @Sendable () throws(OutboxError) -> Value
    ) async throws(CatalogueFailure) -> Value {
        do throws(OutboxError) {
            return try await onThread { Result { () throws(OutboxError) in try body() } }.get()
        } catch {
            throw CatalogueFailure(error.description)
        }
    }
}
