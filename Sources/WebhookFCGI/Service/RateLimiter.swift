// SPDX-License-Identifier: Apache-2.0

import Config
import NIOConcurrencyHelpers
import Outbox

/// Keeps each receiver to its own rate, whatever the others do; all event loops share it.
///
/// What a receiver has used up stays when the snapshot is replaced.
final class RateLimiter: Sendable {
    private let buckets = NIOLockedValueBox<[ReceiverName: TokenBucket]>([:])

    /// Refuses those for which their receivers have nothing left.
    ///
    /// Only genuine ones are counted: a stranger who knows the URL of a receiver that authenticates by a header must
    /// not use up what its sender is due. The bodies of all that are refused stay unread.
    func limit(
        _ arrivals: inout [Arrival],
        to limit: RateLimit,
        at now: ContinuousClock.Instant,
        _ snapshot: Snapshot
    ) {
        buckets.withLockedValue { buckets in
            for index in arrivals.indices {
                guard case .genuine(let delivery) = arrivals[index] else { continue }
                let key = delivery.receiver.id
                if buckets[key] == nil, buckets.count >= snapshot.receivers.count {
                    let known = Set(snapshot.receivers.map(\.id))
                    buckets = buckets.filter { known.contains($0.key) }
                }
                guard let wait = buckets[key, default: TokenBucket(at: now)].take(limit, at: now) else {
                    continue
                }
                arrivals[index] = .decided(Decision(refusing: delivery, for: wait))
            }
        }
    }

    /// How many receivers are known to it.
    var count: Int { buckets.withLockedValue(\.count) }
}
