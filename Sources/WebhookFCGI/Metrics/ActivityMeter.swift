// SPDX-License-Identifier: Apache-2.0

import Outbox
import POSIX

/// What came to each receiver since it was last written down, read off its counters.
///
/// About every second: what a kill takes along is what the last one has counted. No promise was made about it, and it is
/// not worth a write in every turn.
struct ActivityMeter {
    /// What the counters had come to, by receiver, and then by event and outcome.
    private var written: [String: [Int: Int]] = [:]

    /// Writes down what `receivers` have counted since the last time that it could be written.
    mutating func write(
        _ receivers: [ReceiverCounters],
        to outbox: OutboxMaintenance,
        at now: Timestamp
    ) throws(OutboxError) {
        var activity = Activity()
        var counted: [String: [Int: Int]] = [:]
        for receiver in receivers {
            let counts = receiver.counts
            counted[receiver.key] = counts
            let before = written[receiver.key] ?? [:]
            let name = ReceiverName(project: receiver.project, name: receiver.name)
            for (place, count) in counts {
                let new = count - (before[place] ?? 0)
                guard new > 0, let outcome = DeliveryOutcome(rawValue: place % DeliveryOutcome.count) else {
                    continue
                }
                activity.count(outcome.answer, new, to: name, at: now)
            }
        }
        try outbox.write(activity, at: now)
        written = counted
    }
}

extension DeliveryOutcome {
    /// What the sender was told, as an operator's first look sorts it.
    fileprivate var answer: Activity.Answer {
        switch self {
        case .refreshed, .accepted, .unmatched, .ignored, .duplicate: .accepted
        case .unauthorized: .unauthorized
        case .invalid, .methodNotAllowed, .tooLarge: .malformed
        case .rateLimited: .limited
        case .notStored: .unavailable
        }
    }
}
