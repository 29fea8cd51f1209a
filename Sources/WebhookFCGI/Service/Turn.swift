// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Logging
import Outbox
import POSIX
import Subscriptions

/// The second half of a turn: what was decided becomes durable, and then is answered.
struct Turn: Sendable {
    private let service: Service
    private let settings: Settings
    private let counters: [ReceiverCounters]
    private let time: Timestamp
    private let started: ContinuousClock.Instant

    /// What the log's lines of all deliveries begin with; nil where such lines are not wanted.
    private let line: LogLine?

    init(
        _ service: Service,
        _ state: Service.State,
        at time: Timestamp,
        since started: ContinuousClock.Instant
    ) {
        (self.service, settings, counters) = (service, state.settings, state.counters)
        (self.time, self.started) = (time, started)
        let isLogged = settings.log.level.swiftLog <= .info
        line = isLogged ? LogLine(settings.log.format, time: time, level: .info, message: "delivery") : nil
    }

    /// `records` are those of the accepted deliveries, whose decisions are at `places`.
    func responses(
        to decisions: [Decision],
        accepting records: [DeliveryRecord],
        at places: [Int]
    ) -> [Response] {
        // Written together, because every write(2) costs as much as several lines.
        var lines: [UInt8] = []
        defer { if !lines.isEmpty { service.log.write(lines) } }
        lines.reserveCapacity(decisions.count * Self.lineCapacity)
        guard !records.isEmpty else {
            return decisions.indices.map { .now(finish(decisions[$0], .nothing, &lines)) }
        }
        let committed = ContinuousClock.now
        do throws(OutboxError) {
            let (commitments, idle, due) = try service.outbox.commit(records, at: time)
            service.metrics.countCommit(of: records.count, after: committed.duration(to: .now))
            // Under load the deliverer is awake, or looks soon; to wake it every turn would cost more than it does.
            defer { service.wakeDeliverers(idle) }
            let isSoon = due <= time + settings.refresh.confirmTimeout
            var next = 0
            return decisions.indices.map { index in
                guard next < places.count, places[next] == index else {
                    return .now(finish(decisions[index], .nothing, &lines))
                }
                defer { next += 1 }
                let update = decisions[index].update
                let lane: Target.Lanes = update == nil ? .warehouses : .catalogue
                return response(
                    to: decisions[index],
                    commitments[next],
                    isSoon: isSoon && idle.contains(lane) && update?.isLater != true,
                    &lines
                )
            }
        } catch {
            service.metrics.commitErrors.add()
            service.log.logger.error(
                "cannot keep deliveries, senders get 503",
                metadata: ["error": "\(error)"]
            )
            let failed = Set(places)
            return decisions.indices.map { index in
                .now(finish(decisions[index], failed.contains(index) ? .failed : .nothing, &lines))
            }
        }
    }

    /// What a delivery's line usually takes, in bytes.
    private static let lineCapacity = 320

    private func response(
        to decision: Decision,
        _ commitment: Outbox.Commitment,
        isSoon: Bool,
        _ lines: inout [UInt8]
    ) -> Response {
        switch commitment {
        case .repetition(let id): return .now(finish(decision, .repetition(of: id), &lines))
        case .accepted([]): return .now(finish(decision, .refreshed, &lines))
        case .accepted(let refreshes):
            let timeout = settings.refresh.confirmTimeout
            // Under load nobody waits, for the deliverer is behind already; nor within the minimum interval.
            guard isSoon, timeout > .zero else {
                return .now(finish(decision, .accepted, &lines))
            }
            return .later(timeout: timeout, fallback: { finishLater(decision, .accepted) }) { completion in
                service.confirmations.wait(for: refreshes, timeout: timeout) { isRefreshed in
                    completion { finishLater(decision, isRefreshed ? .refreshed : .accepted) }
                }
            }
        }
    }

    /// Counts the delivery, and adds its line to those of the turn.
    private func finish(_ decision: Decision, _ progress: Decision.Progress, _ lines: inout [UInt8]) -> Reply
    {
        let reply = decision.reply(progress)
        let duration = started.duration(to: .now)
        service.metrics.count(decision, progress, after: duration, counters)
        guard var line else { return reply }
        decision.describe(status: reply.status, duration: duration, in: &line)
        line.write(to: &lines)
        return reply
    }

    private func finishLater(_ decision: Decision, _ progress: Decision.Progress) -> Reply {
        var lines: [UInt8] = []
        let reply = finish(decision, progress, &lines)
        if !lines.isEmpty { service.log.write(lines) }
        return reply
    }
}
