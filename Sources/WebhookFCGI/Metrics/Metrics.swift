// SPDX-License-Identifier: Apache-2.0

import Config
import NIOConcurrencyHelpers
import POSIX
import Sinks

/// What this process has counted, apart from what its receivers have.
final class Metrics: Sendable {
    let unrouted = Tally()
    let commitErrors = Tally()
    let reloads = Tally()
    let watchRestarts = Tally()
    let refreshes = Tally()
    let batchSize = Histogram.ofNumbers
    let replyTime = Histogram.ofDurations
    let commitTime = Histogram.ofDurations
    let sinkTimes = SinkKind.allCases.map { _ in Histogram.ofDurations }
    let started = Timestamp.now()

    /// What the other processes have counted; nil until somebody has looked.
    private let others = NIOLockedValueBox<[Sheet]?>(nil)

    /// Why a request led to no receiver; the label's value.
    enum Unrouted: Int, CaseIterable {
        case unknownPath
        case notReady

        var word: String {
            switch self {
            case .unknownPath: "unknown_path"
            case .notReady: "not_ready"
            }
        }
    }

    /// What became of something that works or not; the label's value.
    enum Success: Int, CaseIterable {
        case success
        case failure

        var word: String { self == .success ? "success" : "failure" }
    }

    /// What became of an attempt to refresh; the label's value.
    enum Attempted: Int, CaseIterable {
        case delivered
        case failed
        case gone

        var word: String {
            switch self {
            case .delivered: "delivered"
            case .failed: "failed"
            case .gone: "gone"
            }
        }
    }
}

extension Metrics {
    /// Counts a request that is answered; `counters` are those of the snapshot by which it was decided.
    func count(
        _ decision: Decision,
        _ progress: Decision.Progress,
        after duration: Duration,
        _ counters: [ReceiverCounters]
    ) {
        replyTime.observe(duration)
        if let receiver = decision.receiver {
            counters[receiver.index].count(decision.event, decision.outcome(progress))
        } else if case .refused(503, _) = decision.answer {
            unrouted.add(at: Unrouted.notReady.rawValue)
        } else {
            unrouted.add(at: Unrouted.unknownPath.rawValue)
        }
    }

    /// Counts a commit of so many deliveries that succeeded.
    func countCommit(of deliveries: Int, after duration: Duration) {
        batchSize.observe(deliveries)
        commitTime.observe(duration)
    }

    /// Counts a call of the sink.
    func count(_ attempts: [Attempt], by sink: SinkKind, after duration: Duration) {
        sinkTimes[sink.rawValue].observe(duration)
        let first = sink.rawValue * Attempted.allCases.count
        for attempt in attempts {
            let outcome: Attempted =
                attempt.error == nil ? .delivered : attempt.error?.code == .gone ? .gone : .failed
            refreshes.add(at: first + outcome.rawValue)
        }
    }

    func countReload(_ outcome: Success) { reloads.add(at: outcome.rawValue) }
}

extension Metrics {
    /// What the others have counted; nil until that is known.
    var sheetsOfOthers: [Sheet]? { others.withLockedValue(\.self) }

    /// Takes note of what the others have counted, or, with nil, that there is no way to learn it.
    func note(others sheets: [Sheet]?) { others.withLockedValue { $0 = sheets ?? $0 ?? [] } }

    /// What this process has counted, with its receivers.
    func sheet(_ receivers: [ReceiverCounters]) -> Sheet {
        var usage = ProcessUsage()
        usage.started = started.microseconds
        var counts: [String: [Int: Int]] = [
            Metric.unroutedRequests.name: unrouted.counts,
            Metric.commitErrors.name: commitErrors.counts,
            Metric.reloads.name: reloads.counts,
            Metric.watchRestarts.name: watchRestarts.counts,
            Metric.refreshes.name: refreshes.counts,
            Metric.commitDeliveries.name: batchSize.tally.counts,
            Metric.replyDuration.name: replyTime.tally.counts,
            Metric.commitDuration.name: commitTime.tally.counts,
            Metric.processCPU.name: [0: usage.cpuMicroseconds],
        ]
        for kind in SinkKind.allCases {
            counts["\(Metric.sinkDuration.name) \(kind)"] = sinkTimes[kind.rawValue].tally.counts
        }
        let own = receivers.map { ($0.key, $0.counts) }.filter { !$0.1.isEmpty }
        return Sheet(
            version: version,
            counts: counts,
            receivers: Dictionary(own) { first, _ in first },
            usage: usage
        )
    }
}
