// SPDX-License-Identifier: Apache-2.0

package import Handlers
internal import NIOConcurrencyHelpers
internal import POSIX

/// What one receiver shows of Harbor, and keeps in step with it.
///
/// Whatever an event said, what counts is what Harbor says now: so it does not matter how often an object is brought up to
/// date, or in which order, or which of it was done before the process was killed.
package final class Catalogue: Sendable {
    let harbor: HarborClient
    let mapping: Mapping
    private let sink: any EntitySink
    private let ledger: any EntityLedger
    private let time: BatchTime

    /// Of what was read of Harbor for a batch, and of what became of it; what is being read comes on top.
    let byteLimit: Int

    /// Gets what expressions of the mapping could not make of an object: it is null, or what needs it stays as it is, and everything goes on.
    private let report: @Sendable (CatalogueObject, MappingProblem) -> Void

    private let now: @Sendable () -> ContinuousClock.Instant
    private let restsUntil: NIOLockedValueBox<ContinuousClock.Instant>

    package init(
        harbor: HarborClient,
        mapping: Mapping,
        sink: any EntitySink,
        ledger: any EntityLedger,
        time: BatchTime = BatchTime(),
        byteLimit: Int = 4 << 20,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        report: @escaping @Sendable (CatalogueObject, MappingProblem) -> Void
    ) {
        self.harbor = harbor
        self.mapping = mapping
        self.sink = sink
        self.ledger = ledger
        self.time = time
        self.byteLimit = byteLimit
        self.now = now
        self.report = report
        restsUntil = NIOLockedValueBox(now())
    }

    /// Whether Harbor or the sink has asked for time that is not over: what is due meanwhile waits with what has failed,
    /// rather than ask as well.
    package var isResting: Bool { now() < restsUntil.withLockedValue(\.self) }

    /// Makes the catalogue show these objects as Harbor has them now, or not at all where it has none.
    ///
    /// - Returns: what did not work.
    package func update(_ objects: [CatalogueObject]) async -> [CatalogueObject: CatalogueFailure] {
        let (found, failures) = await limited(to: time.fetching) { await self.fetch(objects) }
        let all = await put(found).merging(failures) { first, _ in first }
        if let longest = all.values.lazy.compactMap(\.retryAfter).max() {
            let end = now() + min(longest, BackOff.longestRequest)
            restsUntil.withLockedValue { $0 = max($0, end) }
        }
        return all
    }

    /// Makes the catalogue show objects as they were found; nil is for those that Harbor does not have.
    ///
    /// - Returns: what did not work.
    package func put(
        _ found: [(object: CatalogueObject, json: [UInt8]?)]
    ) async -> [CatalogueObject: CatalogueFailure] {
        var changes = Changes()
        var failures: [CatalogueObject: CatalogueFailure] = [:]
        let end = ContinuousClock.now + time.mapping
        var byteCount = 0
        for (index, (object, json)) in found.enumerated() {
            do throws(CatalogueFailure) {
                guard index == 0 || !Task.isCancelled && .now < end else {
                    throw .putOff("its mapping has taken too long for those before it")
                }
                guard byteCount < byteLimit else { throw .tooLarge }
                let mapped = try await mapped(object, json)
                byteCount += mapped.entities.reduce(0) { $0 + $1.byteCount }
                changes.add(mapped, of: object, isGone: json == nil)
            } catch {
                failures[object] = error
            }
        }
        do throws(CatalogueFailure) {
            // Before anything is sent: what is not remembered would stay for ever.
            let entries = changes.upserts.map { LedgerEntry($0.entity.key, from: $0.object) }
            try await ledger.remember(entries + unknownParents(of: changes))
            await upsert(changes, &failures)
            try await delete(changes, &failures)
        } catch {
            for object in changes.objects where failures[object] == nil { failures[object] = error }
        }
        return failures
    }

    /// What the mapping makes of an object, or would make of one that is gone.
    func mapped(_ object: CatalogueObject, _ json: [UInt8]?) async throws(CatalogueFailure) -> Mapped {
        let mapped: Mapped
        do throws(MappingError) {
            if let json {
                mapped = try await mapping.map(object.kind, json)
            } else {
                mapped = try await mapping.keys(object.kind, object.derived)
            }
        } catch {
            throw CatalogueFailure("\(object) cannot be mapped: \(error)")
        }
        // Of what is gone little is known, and nothing has to be said of what that leaves open.
        if json != nil { for problem in mapped.problems { report(object, problem) } }
        return mapped
    }
}

extension Catalogue {
    /// What Port makes by itself because an upserted entity has a relation to it: where nobody knew of it, it would stay
    /// there for ever.
    private func unknownParents(of changes: Changes) async throws(CatalogueFailure) -> [LedgerEntry] {
        let parents = Set(changes.upserts.flatMap(\.object.parents)).subtracting(changes.objects)
        let known = Set(try await ledger.entities(of: Array(parents)).map(\.object))
        var entries: [LedgerEntry] = []
        for parent in parents.subtracting(known) {
            let named = try await mapped(parent, nil).deletes
            entries += named.map { LedgerEntry($0, from: parent) }
        }
        let taken = try await ledger.known(among: entries.map(\.key)).union(changes.upserts.map(\.entity.key))
        return entries.filter { !taken.contains($0.key) }
    }

    private func upsert(_ changes: Changes, _ failures: inout [CatalogueObject: CatalogueFailure]) async {
        guard !changes.upserts.isEmpty else { return }
        let entities = changes.upserts.map(\.entity)
        let refused = await limited(to: time.sending) { [sink] in await sink.upsert(entities) }
        for (index, failure) in refused { failures[changes.upserts[index].object] = failure }
    }

    /// Removes what is there no more; of an object that could not be upserted what was there before stays.
    private func delete(
        _ changes: Changes,
        _ failures: inout [CatalogueObject: CatalogueFailure]
    ) async throws(CatalogueFailure) {
        let entries = try await doomed(by: changes).filter { failures[$0.object] == nil }
        // What depends on an object that Harbor still has goes on being there, too.
        for isGone in [true, false] {
            let entries = entries.filter { changes.gone.contains($0.object) == isGone }
            guard !entries.isEmpty else { continue }
            let keys = entries.map(\.key)
            let refused = await limited(to: time.sending) { [sink] in
                await sink.delete(keys, withDependents: isGone)
            }
            for (index, failure) in refused { failures[entries[index].object] = failure }
            try await ledger.forget(entries.indices.filter { refused[$0] == nil }.map { entries[$0] })
        }
    }

    /// What was sent for the objects and is not any more, and of objects that are gone what the mapping makes of them.
    ///
    /// Nothing of it is what another object has made meanwhile, or what another receiver may have made: of an object that
    /// Harbor has, only what this one has sent.
    func doomed(by changes: Changes) async throws(CatalogueFailure) -> [LedgerEntry] {
        let kept = Set(changes.upserts.map(\.entity.key))
        let sent = try await ledger.entities(of: changes.settled).filter { !kept.contains($0.key) }
        let remembered = Set(sent.map(\.object))
        let named = changes.deletes.filter { entry in
            // The memory knows best, where it knows anything.
            changes.gone.contains(entry.object) && !remembered.contains(entry.object)
                && !kept.contains(entry.key)
        }
        let others = try await ledger.known(among: named.map(\.key)).subtracting(sent.map(\.key))
        var seen = Set(sent.map(\.key))
        return sent + named.filter { !others.contains($0.key) && seen.insert($0.key).inserted }
    }
}
