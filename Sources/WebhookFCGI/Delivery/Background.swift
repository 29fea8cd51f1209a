// SPDX-License-Identifier: Apache-2.0

import Config
import Dispatch
import Logging
import Outbox
import POSIX
import Sinks
import Subscriptions

/// Everything but answering: following the source, delivering, confirming, keeping the outbox small.
///
/// Structured, and ended as one.
final class Background: Sendable {
    private let task: Task<Void, Never>

    /// Starts the work on the threads that tasks have.
    init(_ service: Service) {
        let maintenance = OutboxMaintenance(service.outbox)
        task = Task {
            await withDiscardingTaskGroup { group in
                group.addTask { await follow(service) }
                group.addTask { await ServedSocket(service: service).run() }
                group.addTask { await checkSink(service) }
                group.addTask { await Deliverer(service: service).run() }
                group.addTask { await confirm(service) }
                group.addTask { await maintain(service, maintenance) }
                group.addTask { await Redeliverer(service: service).run() }
                group.addTask { await watchBacklog(service, maintenance) }
                group.addTask { await countTogether(service) }
            }
        }
    }

    /// Lets what is under way finish.
    ///
    /// What is pending stays in the outbox for the next start.
    func stop() {
        let done = DispatchSemaphore(value: 0)
        task.cancel()
        Task { [task] in
            await task.value
            done.signal()
        }
        done.wait()
    }
}

/// Listens to the source that is in force, if it tells anything by itself.
private func follow(_ service: Service) async {
    while !Task.isCancelled {
        let state = service.state
        await withDiscardingTaskGroup { group in
            if let source = state.source as? any LiveSource {
                group.addTask { await source.follow { service.take($0, from: source, state.generation) } }
            }
            await service.sourceChange.wait()
            group.cancelAll()
        }
    }
}

/// Says at the start rather than with the first push that the sink does not work, and when it does.
private func checkSink(_ service: Service) async {
    while service.state.snapshot == nil, !Task.isCancelled { try? await Task.sleep(for: .milliseconds(200)) }
    var trouble = Trouble()
    while !Task.isCancelled {
        do throws(SinkError) {
            try await service.state.sink.check(service.state.snapshot?.subscriptions.exampleTarget)
            return service.note(sink: nil)
        } catch {
            guard !Task.isCancelled else { return }
            service.note(sink: "refreshes cannot be delivered now: \(error)")
            if trouble.isNews(error.description) {
                service.log.logger.error(
                    "refreshes cannot be delivered now",
                    metadata: ["error": "\(error)"]
                )
            }
        }
        try? await Task.sleep(for: .seconds(10))
    }
}

/// Looks again and again at what waits in the outbox.
private func watchBacklog(_ service: Service, _ maintenance: OutboxMaintenance) async {
    while !Task.isCancelled {
        let started = ContinuousClock.now
        let objects = try? maintenance.backlog(in: .catalogue)
        service.note(
            backlog: try? maintenance.backlog(),
            ofCatalogues: objects,
            isReady: service.health().isReady
        )
        // Without receivers of its kind the lane looks seldom, and something may be left of one that is gone.
        if objects?.pending ?? 0 > 0 { service.catalogueDoorbell.ring() }
        // Where much waits that takes a while: it must not keep a core busy.
        let duration = started.duration(to: .now)
        try? await Task.sleep(for: max(.seconds(1), duration * 20))
    }
}

/// Tells the other processes what this one has counted, at the end for the last time.
private func countTogether(_ service: Service) async {
    var siblings = Siblings(in: service.stateDirectory)
    var trouble = Trouble()
    while true {
        let isLast = Task.isCancelled
        do throws(SystemError) {
            service.metrics.note(others: try siblings.exchange(service.sheet))
            trouble.end()
        } catch {
            service.metrics.note(others: nil)
            if trouble.isNews(error.description) {
                service.log.logger.warning(
                    "metrics leave out what other processes have counted since",
                    metadata: ["error": "\(error)"]
                )
            }
        }
        if isLast { return }
        try? await Task.sleep(for: .seconds(1))
    }
}

/// Tells waiting senders what another process has delivered.
private func confirm(_ service: Service) async {
    while !Task.isCancelled {
        if service.confirmations.awaited.isEmpty { await service.confirmations.newcomer.wait() }
        // What this process delivers is confirmed without a question, and mostly by then.
        try? await Task.sleep(for: .milliseconds(5))
        let awaited = service.confirmations.awaited
        if !awaited.isEmpty, let settled = try? service.outbox.settled(awaited) {
            service.confirmations.settle(settled)
        }
    }
}

/// Checkpoints and clean-up, off the reply path.
private func maintain(_ service: Service, _ maintenance: OutboxMaintenance) async {
    // One for each, or two that last would be news to each other every second.
    var adopting = Trouble()
    var feeding = Trouble()
    var cleaning = Trouble()
    var checkpointing = Trouble()
    var counting = Trouble()
    var forgetting = Trouble()
    var forgettingTime = ContinuousClock.now
    var activity = ActivityMeter()
    var hasMore = false
    while !Task.isCancelled {
        tidy(&adopting, service) { () throws(OutboxError) in try maintenance.adopt(at: .now()) }
        // Under load there is always more to remove.
        if !hasMore { try? await Task.sleep(for: .seconds(1)) }
        tidy(&feeding, service) { () throws(OutboxError) in try maintenance.feed(at: .now()) }
        do throws(OutboxError) {
            hasMore = try await cleanUp(maintenance)
            cleaning.end()
        } catch {
            hasMore = false
            complain(error, &cleaning, service)
        }
        write(&activity, to: maintenance, &counting, service)
        if forgettingTime <= .now, let receivers = service.state.snapshot?.allTitles {
            tidy(&forgetting, service) { () throws(OutboxError) in
                try maintenance.forgetEntities(allBut: receivers, at: .now())
            }
            forgettingTime = .now + .seconds(5)
        }
        // Whatever becomes of the clean-up, without this the disk fills.
        tidy(&checkpointing, service) { () throws(OutboxError) in try maintenance.checkpoint() }
    }
    // By now nothing comes in any more.
    write(&activity, to: maintenance, &counting, service)
    tidy(&feeding, service) { () throws(OutboxError) in try maintenance.feed(at: .now(), isEnd: true) }
}

extension Snapshot {
    /// All receivers that there are, those included that cannot be used; nil where it is not known which there are.
    fileprivate var allTitles: Set<String>? { unusable?.union(receivers.map(\.title)) }
}

private func write(
    _ activity: inout ActivityMeter,
    to maintenance: OutboxMaintenance,
    _ counting: inout Trouble,
    _ service: Service
) {
    tidy(&counting, service) { () throws(OutboxError) in
        try activity.write(service.state.counters, to: maintenance, at: .now())
    }
}

/// Does a part of it, and says what keeps it from that.
private func tidy(_ trouble: inout Trouble, _ service: Service, _ body: () throws(OutboxError) -> Void) {
    do throws(OutboxError) {
        try body()
        trouble.end()
    } catch {
        complain(error, &trouble, service)
    }
}

/// Steps of clean-up for a moment, between which deliveries are committed.
///
/// - Returns: Whether there is more to remove.
private func cleanUp(_ maintenance: OutboxMaintenance) async throws(OutboxError) -> Bool {
    let end = ContinuousClock.now + .milliseconds(300)
    while ContinuousClock.now < end {
        guard try maintenance.cleanUp(at: .now()) else { return false }
        try? await Task.sleep(for: .milliseconds(20))
        if Task.isCancelled { return false }
    }
    return true
}

private func complain(_ error: OutboxError, _ trouble: inout Trouble, _ service: Service) {
    guard trouble.isNews(error.description) else { return }
    service.log.logger.error("cannot tidy the outbox", metadata: ["error": "\(error)"])
}
