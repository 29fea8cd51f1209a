// SPDX-License-Identifier: Apache-2.0

internal import Handlers
internal import POSIX

extension ResyncWalk {
    /// Looks in Harbor at each object of which nothing was sent since the beginning, and removes it where it is gone.
    ///
    /// That it was not met is no proof: the account may see less than before, and lists move while they are walked.
    mutating func removeGone() async throws(ResyncStop) {
        var (last, forbidden): (RememberedEntity?, Set<String>) = (nil, [])
        while true {
            let entities: [RememberedEntity]
            do throws(CatalogueFailure) {
                entities = try await memory.entities(notSentSince: started, after: last, limit: 100)
            } catch {
                throw ResyncStop(error)
            }
            guard !entities.isEmpty else { return }
            last = entities.last
            var seen: Set<String> = []
            let names = entities.map(\.object).filter { seen.insert($0).inserted }
            let objects = names.compactMap { CatalogueObject(identifier: $0) }
                .filter { state.scope == nil || $0.project == state.scope }
            state.counts.kept += objects.count { forbidden.contains($0.project) || keeps($0) }
            let unmet = objects.filter { !forbidden.contains($0.project) && !keeps($0) }
            try await look(at: unmet, &forbidden)
            show()
        }
    }

    private mutating func look(
        at objects: [CatalogueObject],
        _ forbidden: inout Set<String>
    ) async throws(ResyncStop) {
        var (found, gone): ([CatalogueObject], [CatalogueObject]) = ([], [])
        for (object, result) in await looks(at: objects) {
            do throws(ResyncStop) {
                if try result.get() { found.append(object) } else { gone.append(object) }
            } catch {
                switch error {
                case .forbidden(let reason):
                    if forbidden.insert(object.project).inserted { note("\(object) is kept: \(reason)") }
                case .broken(let reason): leaveAlone(object, because: reason)
                case .interrupted, .failed: throw error
                }
                state.counts.kept += 1
            }
        }
        // It is looked at once more, in its turn, so that what was pushed since then stays.
        _ = try await repeating(gone + found) { [target] objects in
            let failures = await target.update(objects)
            return objects.compactMap { object in failures[object].map { (object, object, $0) } }
        }
        do throws(CatalogueFailure) {
            state.counts.removed += gone.count - (try await memory.objects(withEntitiesAmong: gone)).count
        } catch {
            throw ResyncStop(error)
        }
    }

    /// Whether Harbor has them, as many at the same time as it is asked.
    private func looks(
        at objects: [CatalogueObject]
    ) async -> [(CatalogueObject, Result<Bool, ResyncStop>)] {
        await withTaskGroup(of: (CatalogueObject, Result<Bool, ResyncStop>).self) { group in
            for object in objects {
                group.addTask { [self] in
                    let result = await Result { () async throws(ResyncStop) in
                        try await read { client throws(HarborError) in try await client.find(object) } != nil
                    }
                    return (object, result)
                }
            }
            var results: [(CatalogueObject, Result<Bool, ResyncStop>)] = []
            for await result in group { results.append(result) }
            return results
        }
    }
}
