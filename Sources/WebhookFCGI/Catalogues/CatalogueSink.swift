// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Config
import Handlers
import NIOConcurrencyHelpers
import Outbox
import Sinks
import Subscriptions

/// Brings up to date what catalogues show: the sink of the lane that has their objects.
///
/// A receiver's clients, with their connections and tokens, are made with its first object and kept as long as its
/// configuration is the same.
final class CatalogueSink: Sink {
    let kind = SinkKind.catalogue

    /// As many as Port deletes with one call, of one receiver each.
    let batchSize = 100

    /// Of receivers that are slow, and as many of others: one whose Harbor does not answer must not keep those waiting.
    let concurrentBatches = 8

    private let state: @Sendable () -> Snapshot?
    private let memory: EntityMemory
    private let report: @Sendable (ReceiverName, CatalogueObject, MappingProblem) -> Void
    private let catalogues = NIOLockedValueBox<[ReceiverName: Known]>([:])

    private struct Known {
        let configuration: CatalogueConfiguration
        let catalogue: Catalogue
    }

    /// `snapshot` says which receivers there are now.
    init(
        _ memory: EntityMemory,
        snapshot: @escaping @Sendable () -> Snapshot?,
        report: @escaping @Sendable (ReceiverName, CatalogueObject, MappingProblem) -> Void
    ) {
        self.memory = memory
        state = snapshot
        self.report = report
    }

    /// Each receiver has a place of its own to write to: what is wrong with one shows in what waits for it.
    func check(_ example: Target?) {}

    /// The receivers whose Harbor, or whose sink, has asked to be left alone for a while.
    var resting: Set<String> {
        catalogues.withLockedValue { catalogues in
            Set(catalogues.lazy.filter { $0.value.catalogue.isResting }.map(\.key.title))
        }
    }

    func deliver(_ refreshes: [Refresh]) async -> [Refresh: SinkError] {
        var failures: [Refresh: SinkError] = [:]
        for (title, refreshes) in Dictionary(grouping: refreshes, by: \.target.namespace) {
            do throws(SinkError) {
                let catalogue = try catalogue(of: title)
                failures.merge(await Self.update(refreshes, catalogue)) { $1 }
            } catch {
                for refresh in refreshes { failures[refresh] = error }
            }
        }
        return failures
    }

    /// Brings up to date what refreshes of one receiver are about.
    static func update(_ refreshes: [Refresh], _ catalogue: Catalogue) async -> [Refresh: SinkError] {
        let named = refreshes.map { (refresh: $0, object: CatalogueObject(identifier: $0.target.object)) }
        var seen: Set<CatalogueObject> = []
        let failures = await catalogue.update(named.compactMap(\.object).filter { seen.insert($0).inserted })
        return Dictionary(
            named.compactMap { refresh, object in
                guard let object else { return (refresh, SinkError(.unsafeName, "no object is called so")) }
                return failures[object].map { (refresh, SinkError($0)) }
            },
            uniquingKeysWith: { first, _ in first }
        )
    }

    private func catalogue(of title: String) throws(SinkError) -> Catalogue {
        guard let snapshot = state() else { throw SinkError(.unavailable, "the receivers are not known yet") }
        // Few are catalogues, and they are asked for by the hundred objects.
        let found = snapshot.receivers.first { $0.provider == .catalogue && $0.title == title }
        guard let receiver = found, let configuration = receiver.catalogue else {
            guard found == nil, let unusable = snapshot.unusable, !unusable.contains(title) else {
                let reason = found?.obstacle?.description ?? "check says why"
                throw SinkError(
                    .unavailable,
                    "the CatalogueReceiver '\(title)' cannot be used now: \(reason)"
                )
            }
            throw SinkError(.gone, "there is no CatalogueReceiver '\(title)' any more")
        }
        return catalogues.withLockedValue { catalogues in
            forget(&catalogues, snapshot)
            if let known = catalogues[receiver.id], known.configuration == configuration {
                return known.catalogue
            }
            let entities = RememberedEntities(memory: memory, receiver: receiver.id)
            let made = receiver.makeCatalogue(entities) { [report] in report(receiver.id, $0, $1) }
            guard let made else { preconditionFailure("it has a configuration") }
            catalogues[receiver.id] = Known(configuration: configuration, catalogue: made)
            return made
        }
    }

    /// What is not there any more holds no connection.
    private func forget(_ catalogues: inout [ReceiverName: Known], _ snapshot: Snapshot) {
        let names = Set(snapshot.receivers.lazy.filter { $0.catalogue != nil }.map(\.id))
        catalogues = catalogues.filter { names.contains($0.key) }
    }
}

extension SinkError {
    fileprivate init(_ failure: CatalogueFailure) {
        self.init(
            failure.isForever ? .gone : .unavailable,
            failure.description,
            retryAfter: failure.retryAfter
        )
    }
}
