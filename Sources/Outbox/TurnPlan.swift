// SPDX-License-Identifier: Apache-2.0

internal import POSIX
internal import Subscriptions

/// What becomes of the deliveries of a turn, once it is durable.
struct TurnPlan {
    private(set) var commitments: [Outbox.Commitment] = []
    private(set) var entries: [LogEntry] = []

    /// What would be repetitions from here on.
    private(set) var fresh: [RepetitionKey: String] = [:]
    private(set) var requested: [Target: WaitingRefreshes.Waiting] = [:]

    /// When the last of the refreshes is due.
    private(set) var due: Timestamp

    /// `find` knows the repetition of a delivery; `request` has a target refreshed, or nil where that cannot be done here:
    /// then there is no plan.
    init?(
        _ records: [DeliveryRecord],
        at now: Timestamp,
        find: (RepetitionKey) -> String?,
        request: (Target) throws -> WaitingRefreshes.Waiting?
    ) rethrows {
        due = now
        commitments.reserveCapacity(records.count)
        entries.reserveCapacity(records.count)
        for record in records {
            let key = record.repetitionKey.map(RepetitionKey.init)
            if let key, let id = find(key) ?? fresh[key] {
                commitments.append(.repetition(of: id))
                continue
            }
            var refreshes: [Refresh] = []
            for target in record.targets {
                guard let waiting = try requested[target] ?? request(target) else { return nil }
                requested[target] = waiting
                due = max(due, waiting.due)
                refreshes.append(Refresh(target: target, token: waiting.token))
            }
            entries.append(LogEntry(record, refreshes))
            if let key { fresh[key] = record.id }
            commitments.append(.accepted(refreshes))
        }
    }
}
