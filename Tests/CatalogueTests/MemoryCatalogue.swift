// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import NIOConcurrencyHelpers
import POSIX

/// A catalogue in memory, with one entity for each object, and all that is remembered of it.
final class MemoryCatalogue: ResyncTarget, ResyncMemory {
    struct State {
        /// Harbor's JSON by the object's identifier, and when it was sent.
        var entities: [String: (json: String, sent: Timestamp)] = [:]
        var position: (text: String, started: Timestamp)?
        var positions = 0
        var events: [CatalogueObject: Timestamp] = [:]
        var batches: [[CatalogueObject]] = []
        var updates: [CatalogueObject] = []
    }

    let state = NIOLockedValueBox(State())

    /// What happens when objects are about to be put, and with which it does not work.
    typealias Hook = @Sendable (MemoryCatalogue, [HarborObject]) async -> [CatalogueObject: CatalogueFailure]

    private let client: HarborClient
    private let hook: NIOLockedValueBox<Hook>

    init(_ client: HarborClient, _ hook: @escaping Hook = { _, _ in [:] }) {
        self.client = client
        self.hook = NIOLockedValueBox(hook)
    }

    func onPut(_ hook: @escaping Hook) { self.hook.withLockedValue { $0 = hook } }

    var identifiers: [String] { state.withLockedValue { $0.entities.keys.sorted() } }

    func json(_ identifier: String) -> String? { state.withLockedValue { $0.entities[identifier]?.json } }

    /// As if it had been sent long ago.
    func remember(_ identifiers: String...) {
        state.withLockedValue { state in
            for identifier in identifiers {
                state.entities[identifier] = ("old", Timestamp(microseconds: 1))
            }
        }
    }

    /// What a service does about an event.
    func serve(_ identifier: String) async {
        guard let object = CatalogueObject(identifier: identifier) else { return }
        state.withLockedValue { $0.events[object] = .now() }
        _ = await update([object])
    }

    func put(_ objects: [HarborObject]) async -> [CatalogueObject: CatalogueFailure] {
        state.withLockedValue { $0.batches.append(objects.map(\.object)) }
        let failures = await hook.withLockedValue { $0 }(self, objects)
        state.withLockedValue { state in
            for found in objects where failures[found.object] == nil {
                let json = String(decoding: found.json, as: UTF8.self)
                state.entities[found.object.identifier] = (json, .now())
            }
        }
        return failures
    }

    func request(_ objects: [CatalogueObject]) async { _ = await update(objects) }

    func update(_ objects: [CatalogueObject]) async -> [CatalogueObject: CatalogueFailure] {
        var failures: [CatalogueObject: CatalogueFailure] = [:]
        for object in objects {
            do throws(HarborError) {
                let json = try await client.object(object).map { String(decoding: $0, as: UTF8.self) }
                state.withLockedValue { state in
                    state.updates.append(object)
                    state.entities[object.identifier] = json.map { ($0, .now()) }
                }
            } catch {
                failures[object] = CatalogueFailure(error.description, retryAfter: error.retryAfter)
            }
        }
        return failures
    }

    func position() -> (text: String, started: Timestamp)? { state.withLockedValue { $0.position } }

    func keep(_ position: String, started: Timestamp) {
        state.withLockedValue { state in
            state.position = (position, started)
            state.positions += 1
        }
    }

    /// As if the last one had begun earlier.
    func age(by time: Duration) {
        state.withLockedValue { state in state.position = state.position.map { ($0.text, $0.started - time) }
        }
    }

    func forgetPosition() { state.withLockedValue { $0.position = nil } }

    func entities(
        notSentSince time: Timestamp,
        after entity: RememberedEntity?,
        limit: Int
    ) -> [RememberedEntity] {
        state.withLockedValue { state in
            let names = state.entities.filter { $0.value.sent < time && $0.key > entity?.identifier ?? "" }
                .keys
            return names.sorted().prefix(limit).map {
                RememberedEntity(object: $0, blueprint: "harbor", identifier: $0)
            }
        }
    }

    func objects(withEntitiesAmong objects: [CatalogueObject]) -> Set<CatalogueObject> {
        state.withLockedValue { state in Set(objects.filter { state.entities[$0.identifier] != nil }) }
    }

    /// Each object has an entity of its own.
    func rivals(since time: Timestamp) -> [CatalogueObject] { [] }

    func objects(
        withEventsSince time: Timestamp,
        among objects: [CatalogueObject]
    ) -> [CatalogueObject] {
        state.withLockedValue { state in
            objects.filter { object in state.events[object].map { $0 >= time } ?? false }
        }
    }
}
