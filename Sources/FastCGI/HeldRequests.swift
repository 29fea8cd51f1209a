// SPDX-License-Identifier: Apache-2.0

/// Requests that are held open until somebody ends them, or their time is up.
struct HeldRequests {
    struct Held {
        let connection: Connection
        let fallback: @Sendable () -> Reply
        let deadline: ContinuousClock.Instant
    }

    /// By the number that their completions know.
    private var requests: [UInt64: Held] = [:]
    private var lastIdentifier: UInt64 = 0

    /// When each is to be ended at last.
    var deadlines: [ContinuousClock.Instant] { requests.values.map(\.deadline) }

    /// Takes note of the request on `connection`, and returns what ends it.
    mutating func insert(
        _ connection: Connection,
        _ fallback: @escaping @Sendable () -> Reply,
        until deadline: ContinuousClock.Instant
    ) -> UInt64 {
        lastIdentifier += 1
        requests[lastIdentifier] = Held(connection: connection, fallback: fallback, deadline: deadline)
        return lastIdentifier
    }

    /// The request with this number, which is no longer held; nil where it has been ended before.
    mutating func remove(_ identifier: UInt64) -> Held? { requests.removeValue(forKey: identifier) }

    /// Those whose time is up; they are no longer held.
    mutating func removeOverdue() -> [Held] {
        guard !requests.isEmpty else { return [] }
        let now = ContinuousClock.now
        let overdue = requests.filter { $0.value.deadline <= now }
        for identifier in overdue.keys { requests[identifier] = nil }
        return Array(overdue.values)
    }
}
