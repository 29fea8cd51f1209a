// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Handlers
import Outbox
import POSIX
import Sinks
import Subscriptions

extension Service {
    /// What this process has counted so far.
    var sheet: Sheet { metrics.sheet(state.counters) }

    /// The page for Prometheus, from memory and from what the system says of this process.
    func metricsReply() -> Reply {
        guard let others = metrics.sheetsOfOthers else {
            return Reply.statusError(503, "what other processes have counted is not known yet, try again")
        }
        let page = MetricsPage(state, troubles, metrics, others, at: .now())
        return Reply(status: 200, headers: Reply.statusHeaders(.metrics), body: page.bytes)
    }
}

/// Puts the numbers together.
private struct MetricsPage {
    private let state: Service.State
    private let troubles: Service.Troubles
    private let metrics: Metrics
    private let sum: Sheet
    private let usages: [ProcessUsage]
    private let time: Timestamp

    init(
        _ state: Service.State,
        _ troubles: Service.Troubles,
        _ metrics: Metrics,
        _ others: [Sheet],
        at time: Timestamp
    ) {
        (self.state, self.troubles, self.metrics, self.time) = (state, troubles, metrics, time)
        let own = metrics.sheet(state.counters)
        var sum = own
        for sheet in others { sum.add(sheet) }
        self.sum = sum
        usages = ([own] + others).compactMap(\.usage)
    }

    var bytes: [UInt8] {
        var text = Exposition()
        addDeliveries(to: &text)
        addCommits(to: &text)
        addRefreshes(to: &text)
        addState(to: &text)
        addProcess(to: &text)
        return text.bytes
    }

    private func addDeliveries(to text: inout Exposition) {
        let numbers = state.counters.map { (receiver: $0, counts: sum.receivers[$0.key] ?? [:]) }
        text.add(.deliveries) { samples in
            for (receiver, counts) in numbers {
                // What has not happened yet is told for the usual event, so that the first time is an increase.
                let usual = [DeliveryOutcome.refreshed, .accepted, .unmatched].map { ($0.rawValue, 0) }
                let all = counts.merging(usual) { first, _ in first }
                for (place, count) in all.sorted(by: { $0.key < $1.key }) {
                    let (event, outcome) = place.quotientAndRemainder(dividingBy: DeliveryOutcome.count)
                    guard event < receiver.events.count, let outcome = DeliveryOutcome(rawValue: outcome)
                    else {
                        continue
                    }
                    samples.add(receiver.labels + [receiver.events[event], outcome.word], count)
                }
            }
        }
        text.add(.authenticationFailures) { samples in
            for (receiver, counts) in numbers {
                let failures = counts.filter {
                    $0.key % DeliveryOutcome.count == DeliveryOutcome.unauthorized.rawValue
                }
                samples.add(receiver.labels, failures.values.reduce(0, +))
            }
        }
        add(&text, .unroutedRequests, Metrics.Unrouted.allCases.map { ([$0.word], $0.rawValue) })
        add(&text, .replyDuration, metrics.replyTime)
    }

    private func addCommits(to text: inout Exposition) {
        add(&text, .commitDuration, metrics.commitTime)
        text.add(.commitDeliveries) { samples in
            samples.add([], sum.numbers(.commitDeliveries), metrics.batchSize.bounds, unit: 1)
        }
        add(&text, .commitErrors, [([], 0)])
    }

    private func addRefreshes(to text: inout Exposition) {
        let outcomes = Metrics.Attempted.allCases
        add(
            &text,
            .refreshes,
            SinkKind.allCases.flatMap { sink in
                outcomes.map { (["\(sink)", $0.word], sink.rawValue * outcomes.count + $0.rawValue) }
            }
        )
        text.add(.sinkDuration) { samples in
            for sink in SinkKind.allCases {
                let numbers = sum.numbers(.sinkDuration, "\(sink)")
                samples.add(["\(sink)"], numbers, metrics.sinkTimes[sink.rawValue].bounds, unit: 1e-9)
            }
        }
        add(&text, troubles.backlog, .pending, .failing, .oldestPending)
        add(&text, troubles.catalogueBacklog, .pendingObjects, .failingObjects, .oldestPendingObject)
    }

    private func add(
        _ text: inout Exposition,
        _ backlog: Backlog?,
        _ pending: Metric,
        _ failing: Metric,
        _ oldest: Metric
    ) {
        text.add(pending, backlog?.pending ?? 0)
        text.add(failing, backlog?.failing ?? 0)
        let age = backlog?.oldest.map { max(0, time.microseconds - $0.microseconds) } ?? 0
        text.add(oldest, Double(age) / 1e6)
    }

    private func addState(to text: inout Exposition) {
        text.add(.ready, troubles.isReady ? 1 : 0)
        text.add(
            .sourceFresh,
            troubles.source == nil && troubles.reload == nil && state.snapshot != nil ? 1 : 0
        )
        text.add(.sinkFresh, troubles.sink == nil && troubles.backlog?.failing ?? 0 == 0 ? 1 : 0)
        text.add(.receivers, state.snapshot?.receivers.count ?? 0)
        text.add(.obstructed, state.snapshot?.obstructed.count ?? 0)
        text.add(.warehouses, state.snapshot?.warehouseCount ?? 0)
        text.add(.subscriptions, state.snapshot?.subscriptions.count ?? 0)
        add(&text, .reloads, Metrics.Success.allCases.map { ([$0.word], $0.rawValue) })
        add(&text, .watchRestarts, [([], 0)])
        text.add(.processes, usages.count)
        text.add(.buildInfo) { $0.add([version], 1) }
    }

    private func addProcess(to text: inout Exposition) {
        text.add(.processCPU, Double(sum.numbers(.processCPU)[0] ?? 0) / 1e6)
        text.add(.processResident, usages.map(\.residentBytes).reduce(0, +))
        text.add(.processVirtual, usages.map(\.virtualBytes).reduce(0, +))
        text.add(.processDescriptors, usages.map(\.openDescriptors).reduce(0, +))
        text.add(.processMaxDescriptors, usages.map(\.maxDescriptors).reduce(0, +))
        text.add(.processStart, Double(usages.map(\.started).max() ?? 0) / 1e6)
    }

    /// Adds a counter of which each number is in a place of its own.
    private func add(_ text: inout Exposition, _ metric: Metric, _ places: [(labels: [String], place: Int)]) {
        let numbers = sum.numbers(metric)
        text.add(metric) { samples in
            for (labels, place) in places { samples.add(labels, numbers[place] ?? 0) }
        }
    }

    private func add(_ text: inout Exposition, _ metric: Metric, _ histogram: Histogram) {
        text.add(metric) { $0.add([], sum.numbers(metric), histogram.bounds, unit: 1e-9) }
    }
}

extension ReceiverCounters {
    /// The values of the labels that every metric of a receiver has.
    fileprivate var labels: [String] { [project, name, provider.rawValue] }
}
