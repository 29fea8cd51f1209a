// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Handlers
import Outbox
import POSIX
import Subscriptions

/// The catalogue of a receiver that a resync brings in step, beside a service or without one.
///
/// What has to be looked at once more goes through the outbox to whoever delivers: that is the service, and where none runs
/// this process, which has the lock of the catalogues' lane meanwhile. So no two bring the same object up to date at the
/// same time, and Warehouses do not wait.
struct ResyncedCatalogue: ResyncTarget {
    let catalogue: Catalogue
    let outbox: Outbox
    let receiver: ReceiverName
    let stateDirectory: String

    /// How often to look what has become of what was requested.
    private static let pollInterval = Duration.milliseconds(200)

    /// Twice what a Harbor or a Port may ask to wait: by then somebody has tried.
    private static let patience = BackOff.longestRequest * 2

    /// Few: a service that starts meanwhile brings no catalogue up to date before they are done.
    private static let batchSize = 20

    func put(_ objects: [HarborObject]) async -> [CatalogueObject: CatalogueFailure] {
        await catalogue.put(objects)
    }

    func request(_ objects: [CatalogueObject]) async throws(CatalogueFailure) {
        _ = try await requested(objects)
    }

    func update(_ objects: [CatalogueObject]) async -> [CatalogueObject: CatalogueFailure] {
        do throws(CatalogueFailure) {
            let requested = try await requested(objects)
            let first = try await unfinished(requested)
            var left = first
            var deadline = ContinuousClock.now + Self.patience
            while !Task.isCancelled {
                try await deliver()
                let before = left
                left = try await unfinished(requested)
                let waiting = left.filter { $0.value.isFirst(after: first[$0.key]?.attempts ?? 0) }
                guard !waiting.isEmpty, ContinuousClock.now < deadline else { break }
                if left != before { deadline = .now + Self.patience }
                try? await Task.sleep(for: Self.pollInterval)
            }
            return left.mapValues(\.failure)
        } catch {
            return Dictionary(uniqueKeysWithValues: objects.map { ($0, error) })
        }
    }

    /// What a refresh that was requested has not led to.
    private struct Unfinished: Sendable, Equatable {
        let attempts: Int
        let failure: CatalogueFailure

        /// Whether it may still be done at once: it has not been tried in vain since there were so many attempts.
        func isFirst(after attempts: Int) -> Bool { self.attempts <= attempts && !failure.isForever }
    }

    private func requested(_ objects: [CatalogueObject]) async throws(CatalogueFailure) -> [Refresh] {
        let targets = objects.map {
            Target(project: receiver.project, receiver: receiver.name, object: $0.identifier)
        }
        return try await inOutbox { outbox throws(OutboxError) in try outbox.request(targets, at: .now()) }
    }

    private func unfinished(
        _ refreshes: [Refresh]
    ) async throws(CatalogueFailure) -> [CatalogueObject: Unfinished] {
        let goals = try await inOutbox { outbox throws(OutboxError) in try outbox.goals(of: refreshes) }
        var unfinished: [CatalogueObject: Unfinished] = [:]
        for goal in goals {
            guard let object = CatalogueObject(identifier: goal.refresh.target.name) else { continue }
            switch goal.fate {
            case .delivered, .forgotten: break
            case .pending(let attempts, let error):
                let reason = attempts > 0 ? error ?? "" : "nobody has looked at it in Harbor yet"
                unfinished[object] = Unfinished(attempts: attempts, failure: CatalogueFailure(reason))
            case .gone(let reason):
                let failure = CatalogueFailure(reason, isForever: true)
                unfinished[object] = Unfinished(attempts: 0, failure: failure)
            case .dropped:
                let failure = CatalogueFailure("an operator has dropped it", isForever: true)
                unfinished[object] = Unfinished(attempts: 0, failure: failure)
            }
        }
        return unfinished
    }

    /// Brings up to date what is due of the receiver, where no service does.
    private func deliver() async throws(CatalogueFailure) {
        guard !catalogue.isResting, let lock = try lock() else { return }
        do throws(CatalogueFailure) { try await deliverBatch() } catch {
            lock.release()
            throw error
        }
        lock.release()
    }

    /// Nil while a service delivers.
    private func lock() throws(CatalogueFailure) -> FileLock? {
        do throws(SystemError) {
            return try FileLock(
                at: Deliverer.lockPath(of: .catalogue, in: stateDirectory),
                mode: 0o600
            )
        } catch {
            throw CatalogueFailure("\(error)")
        }
    }

    private func deliverBatch() async throws(CatalogueFailure) {
        let title = receiver.title
        let due = try await inOutbox { outbox throws(OutboxError) in
            try outbox.dueObjects(of: title, at: .now(), limit: Self.batchSize)
        }
        guard !due.isEmpty else { return }
        let failures = await CatalogueSink.update(due.map(\.refresh), catalogue)
        // What was cut off has not failed.
        guard !Task.isCancelled else { return }
        let outcomes = due.map { (due: $0, outcome: Attempt(due: $0, error: failures[$0.refresh]).outcome) }
        try await inOutbox { outbox throws(OutboxError) in try outbox.record(outcomes, at: .now()) }
    }

    private func inOutbox<Value: Sendable>(
        _ body: @escaping @Sendable (Outbox) throws(OutboxError) -> Value
    ) async throws(CatalogueFailure) -> Value {
        do throws(OutboxError) {
            return try await onThread { [outbox] in
                Result { () throws(OutboxError) in try body(outbox) }
            }.get()
        } catch {
            throw CatalogueFailure(error.description)
        }
    }
}
