// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import NIOConcurrencyHelpers
import Outbox
import POSIX
import Sinks
import Subscriptions

/// Takes refreshes from the outbox to the sink, again and again until each has arrived.
///
/// Of all processes that share an outbox one delivers at a time: the one that holds a lock, which the kernel
/// takes from it when it dies. Another one then goes on within a second.
struct Deliverer: Sendable {
    let service: Service

    /// How often to look for what other processes have committed, and for what is due again.
    private static let pollInterval = Duration.milliseconds(20)

    /// How often a process that does not deliver tries to become the one that does.
    private static let leaseInterval = Duration.milliseconds(500)

    /// Delivers until the task is cancelled; what is under way then is finished.
    func run() async {
        while !Task.isCancelled {
            do throws(SystemError) {
                guard let lock = try DelivererLock(in: service.state.settings.stateDirectory) else {
                    try? await Task.sleep(for: Self.leaseInterval)
                    continue
                }
                await deliver()
                lock.release()
            } catch {
                service.log.logger.error("cannot deliver refreshes", metadata: ["error": "\(error)"])
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    private func deliver() async {
        let underWay = NIOLockedValueBox(UnderWay())
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                let sink = service.state.sink
                while let batch = nextBatch(for: sink, besides: underWay) {
                    group.addTask {
                        await attempt(batch, sink)
                        underWay.withLockedValue { $0.remove(batch) }
                        service.doorbell.ring()
                    }
                }
                await service.doorbell.wait(atMost: Self.pollInterval)
            }
        }
    }

    /// What the sink is busy with.
    private struct UnderWay {
        var targets: Set<Target> = []
        var batches = 0

        mutating func insert(_ batch: [Outbox.Due]) {
            targets.formUnion(batch.map(\.refresh.target))
            batches += 1
        }

        mutating func remove(_ batch: [Outbox.Due]) {
            targets.subtract(batch.map(\.refresh.target))
            batches -= 1
        }
    }

    /// Refreshes that are due, as many as the sink takes at once; nil for none, or when it is busy.
    private func nextBatch(
        for sink: any Sink,
        besides underWay: NIOLockedValueBox<UnderWay>
    ) -> [Outbox.Due]? {
        let busy = underWay.withLockedValue { $0 }
        guard busy.batches < sink.concurrentBatches, !Task.isCancelled else { return nil }
        do throws(OutboxError) {
            let due = try service.outbox.due(at: .now(), limit: sink.batchSize, excluding: busy.targets)
            guard !due.isEmpty else { return nil }
            underWay.withLockedValue { $0.insert(due) }
            return due
        } catch {
            service.log.logger.error("cannot read the outbox", metadata: ["error": "\(error)"])
            return nil
        }
    }

    private func attempt(_ batch: [Outbox.Due], _ sink: any Sink) async {
        let failures = await sink.deliver(batch.map(\.refresh))
        let outcomes = batch.map { due -> (due: Outbox.Due, outcome: Outcome) in
            guard let error = failures[due.refresh] else { return (due, .delivered) }
            service.log.logger.log(
                level: error.code == .gone ? .warning : .error,
                "cannot refresh",
                metadata: [
                    "target": "\(due.refresh.target)", "attempt": "\(due.attempts + 1)", "error": "\(error)",
                ]
            )
            guard error.code == .gone else {
                return (due, .failed(error.description, after: error.retryAfter))
            }
            return (due, .gone(error.description))
        }
        do throws(OutboxError) {
            try service.outbox.record(outcomes, at: .now())
        } catch {
            // They stay pending and are tried again: once too often is harmless.
            service.log.logger.error("cannot record outcomes", metadata: ["error": "\(error)"])
            try? await Task.sleep(for: .seconds(1))
        }
        service.confirmations.settle(batch.lazy.map(\.refresh).filter { failures[$0] == nil })
    }
}
