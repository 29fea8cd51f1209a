// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import NIOConcurrencyHelpers
import Outbox
import POSIX
import Sinks
import Subscriptions

/// Keeps the sink of a lane busy with what is due, and the outbox told of what became of it.
///
/// However many attempts have finished when it wakes up, they cost one transaction and one query.
struct DeliveryLoop {
    private let service: Service
    private let lane: Target.Lane
    private var underWay = UnderWay()

    /// Of the receivers that have catalogues.
    private var pace = Pace()
    private var recording = Trouble()
    private var reading = Trouble()
    private var clock = WallClock()

    /// Whether what an earlier process left goes by a clock that has been set back since.
    private var hasFollowedClock = false

    /// Before this, recording is not tried again.
    private var retryTime = ContinuousClock.now

    /// Where child tasks leave what has finished.
    private let finished = NIOLockedValueBox<[[Attempt]]>([])

    private static let retryInterval = Duration.seconds(1)

    init(service: Service, lane: Target.Lane) { (self.service, self.lane) = (service, lane) }

    private var doorbell: Doorbell { lane == .warehouses ? service.doorbell : service.catalogueDoorbell }

    /// How often to look for what other processes have committed, and for what is due again.
    private var pollInterval: Duration {
        if lane == .warehouses { return .milliseconds(20) }
        // Where something waits all the same, the look at the backlog rings.
        return service.state.snapshot?.hasCatalogues == true ? .milliseconds(100) : .seconds(30)
    }

    /// Delivers until the task is cancelled; what is under way then is finished and recorded.
    mutating func run() async {
        await withDiscardingTaskGroup { group in
            while !Task.isCancelled {
                takeFinished()
                // For new batches the one that a reload has brought.
                let sink: any Sink = lane == .warehouses ? service.state.sink : service.catalogueSink
                for batch in nextBatches(for: sink) {
                    group.addTask { [service, finished, doorbell] in
                        let attempts = await service.attempt(batch, sink)
                        finished.withLockedValue { $0.append(attempts) }
                        doorbell.ring()
                    }
                }
                await doorbell.wait(atMost: pollInterval)
            }
        }
        retryTime = .now
        takeFinished()
    }

    private mutating func takeFinished() {
        let batches = finished.withLockedValue { batches in
            defer { batches = [] }
            return batches
        }
        for batch in batches {
            underWay.finish(batch)
            if let attempt = batch.first { pace.finish(attempt.due.refresh.target.namespace) }
        }
        record()
        guard !batches.isEmpty else { return }
        let attempts = Array(batches.joined())
        service.confirmations.settle(attempts.filter { $0.error == nil }.map(\.due.refresh))
        service.confirmations.giveUp(attempts.filter { $0.error?.code == .gone }.map(\.due.refresh))
    }

    private mutating func record() {
        let attempts = underWay.unrecorded
        guard !attempts.isEmpty, retryTime <= .now else { return }
        do throws(OutboxError) {
            try service.outbox.record(attempts.map { ($0.due, $0.outcome) }, at: .now())
            underWay.record()
            recording.end()
        } catch {
            // They stay under way: the outbox calls them due, and they would be delivered again and again.
            retryTime = .now + Self.retryInterval
            guard recording.isNews(error.description) else { return }
            service.log.logger.error("cannot record outcomes", metadata: ["error": "\(error)"])
        }
    }

    /// Refreshes that are due, as many as the sink has room for.
    private mutating func nextBatches(for sink: any Sink) -> [[Outbox.Due]] {
        let room =
            lane == .catalogue
            // What cannot be recorded takes room here, too.
            ? sink.batchSize - underWay.unrecorded.count
            : underWay.room(batchSize: sink.batchSize, concurrentBatches: sink.concurrentBatches)
        // Before, every receiver would be one that is not known.
        guard room > 0, lane == .warehouses || service.state.snapshot != nil else { return [] }
        do throws(OutboxError) {
            let now = clock.look()
            if !hasFollowedClock || clock.setBack > .zero {
                try service.outbox.followClock(setBackBy: clock.setBack, at: now, in: lane)
                hasFollowedClock = true
                clock.allow()
            }
            defer { reading.end() }
            if lane == .catalogue { return try nextObjects(at: now, for: sink) }
            let due = try service.outbox.due(at: now, limit: room, excluding: underWay.targets)
            return underWay.begin(due, batchSize: sink.batchSize)
        } catch {
            guard reading.isNews(error.description) else { return [] }
            service.log.logger.error("cannot take refreshes from the outbox", metadata: ["error": "\(error)"])
            return []
        }
    }
}

extension DeliveryLoop {
    /// Objects that are due, of each receiver one batch at a time: what comes meanwhile is taken together, and neither a
    /// receiver with many nor one that is slow keeps the others waiting.
    private mutating func nextObjects(
        at now: Timestamp,
        for sink: any Sink
    ) throws(OutboxError) -> [[Outbox.Due]] {
        var batches: [[Outbox.Due]] = []
        let places = sink.concurrentBatches
        pace.look()
        while pace.hasRoom(places) {
            let due = try service.outbox.due(
                at: now,
                limit: sink.batchSize,
                excluding: [],
                andOf: underWay.namespaces
                    .union(service.catalogueSink.resting)
                    .union(pace.hasRoomForSlow(places) ? [] : pace.slow),
                in: lane
            )
            let begun = underWay.beginEach(due) { pace.begins($0, of: places) }
            guard !begun.isEmpty else { break }
            batches += begun
        }
        return batches
    }
}

extension Service {
    /// Gives a batch to the sink, which gets a moment to finish it when the loop is cancelled meanwhile.
    fileprivate func attempt(_ batch: [Outbox.Due], _ sink: any Sink) async -> [Attempt] {
        let refreshes = batch.map(\.refresh)
        let started = ContinuousClock.now
        let delivery = Task { await sink.deliver(refreshes) }
        let failures = await withTaskCancellationHandler {
            await delivery.value
        } onCancel: {
            // A sink that does not answer must not hold up the end of the process: the outbox keeps the refreshes.
            Task {
                try? await Task.sleep(for: .seconds(3))
                delivery.cancel()
            }
        }
        let attempts = batch.map { Attempt(due: $0, error: failures[$0.refresh]) }
        metrics.count(attempts, by: sink.kind, after: started.duration(to: .now))
        for attempt in attempts where attempt.isNews {
            log.logger.log(
                level: attempt.error?.code == .gone ? .warning : .error,
                sink.kind == .catalogue ? "cannot bring up to date" : "cannot refresh",
                metadata: [
                    "target": "\(attempt.due.refresh.target)", "attempt": "\(attempt.number)",
                    "error": attempt.error.map { "\($0)" } ?? "",
                ]
            )
        }
        return attempts
    }
}
