// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Remembers which deliveries were accepted lately, in memory: an index on random keys is what a database
/// would pay for most.
struct RepetitionFilter {
    private var entries: [[UInt8]: (id: String, received: Timestamp)] = [:]
    private var order: [(key: [UInt8], received: Timestamp)] = []
    private var oldest = 0

    /// The delivery that `key` was first seen with, after `limit`.
    func first(_ key: [UInt8], since limit: Timestamp) -> String? {
        entries[key].flatMap { $0.received >= limit ? $0.id : nil }
    }

    mutating func insert(_ key: [UInt8], id: String, received: Timestamp) {
        entries[key] = (id, received)
        order.append((key, received))
    }

    /// Forgets what is older than `limit`; costs what there is to forget.
    mutating func forget(before limit: Timestamp) {
        while oldest < order.count, order[oldest].received < limit {
            let key = order[oldest].key
            if let entry = entries[key], entry.received < limit { entries[key] = nil }
            oldest += 1
        }
        if oldest > 1024, oldest > order.count / 2 {
            order.removeFirst(oldest)
            oldest = 0
        }
    }
}
