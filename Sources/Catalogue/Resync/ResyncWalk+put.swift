// SPDX-License-Identifier: Apache-2.0

internal import Handlers
internal import POSIX

extension ResyncWalk {
    /// Sends what was read, and looks again at what had an event since then.
    mutating func put(_ objects: [HarborObject], readAt time: Timestamp) async throws(ResyncStop) {
        guard !objects.isEmpty else { return }
        let away = try await repeating(objects) { [target] objects in
            let failures = await target.put(objects)
            return objects.compactMap { object in failures[object.object].map { (object, object.object, $0) }
            }
        }
        failuresInARow = away.count == objects.count ? failuresInARow + 1 : 0
        // One object may fail again and again; everything does when the other side is away.
        if failuresInARow == 3, let failure = away.first { throw .failed(failure.description) }
        try await requestWhatHasChanged(of: objects.map(\.object), since: time)
    }

    /// Whoever has the last word must have read it last: what the service has sent meanwhile, or is about to, may be newer
    /// than what was sent now, or older.
    ///
    /// That is so, too, where it was sent for an object that is not among `objects` and has come to make the same entity.
    private func requestWhatHasChanged(
        of objects: [CatalogueObject],
        since time: Timestamp
    ) async throws(ResyncStop) {
        do throws(CatalogueFailure) {
            var changed = try await memory.objects(withEventsSince: time, among: objects)
            let known = Set(changed)
            changed += try await memory.rivals(since: time).filter { !known.contains($0) }
            if !changed.isEmpty { try await target.request(changed) }
        } catch {
            throw ResyncStop(error)
        }
    }

    /// Does `body` with all of `items`, and again with those with which it did not work, for as long as that may help.
    ///
    /// - Returns: why it has not worked until now with those with which it still may.
    mutating func repeating<Item>(
        _ items: [Item],
        _ body: ([Item]) async -> [(item: Item, object: CatalogueObject, failure: CatalogueFailure)]
    ) async throws(ResyncStop) -> [CatalogueFailure] {
        var (left, attempts) = (items, 0)
        while !left.isEmpty {
            let failures = await body(left)
            if Task.isCancelled { throw .interrupted }
            attempts += 1
            let isLast = attempts == Self.attempts
            for (_, object, failure) in failures where failure.isForever || isLast {
                state.counts.failed += 1
                note("\(object): \(failure)")
            }
            let again = failures.filter { !$0.failure.isForever }
            guard !isLast else { return again.map(\.failure) }
            left = again.map(\.item)
            if let failure = again.first?.failure {
                let minimum = again.compactMap(\.failure.retryAfter).max()
                await wait(afterAttempts: attempts, atLeast: minimum, because: failure.description)
            }
        }
        return []
    }
}
