// SPDX-License-Identifier: Apache-2.0

internal import POSIX

/// Remembers which deliveries were accepted lately, in memory: an index on random keys is what a database
/// would pay for most.
///
/// As many as `limit`, in a ring. A repetition of one that is forgotten costs a refresh more.
struct RepetitionFilter {
    private struct Entry {
        let key: RepetitionKey
        let id: DeliveryID
        let received: Timestamp
    }

    private let limit: Int
    private var places: [RepetitionKey: Int32] = [:]
    private var entries: [Entry] = []

    /// Counted from the first ever: the one remembered longest, and the next.
    private var (oldest, next) = (0, 0)

    /// A hundred thousand, less what makes the dictionary twice as large: three quarters of 2^17.
    ///
    /// They take 6.5 MB.
    static let defaultLimit = 98_304

    init(limit: Int = defaultLimit) { self.limit = limit }

    /// The delivery that `key` was first seen with, after `limit`.
    func first(_ key: RepetitionKey, since limit: Timestamp) -> String? {
        guard let place = places[key] else { return nil }
        let entry = entries[Int(place)]
        return entry.received >= limit ? entry.id.description : nil
    }

    /// Takes note of the delivery with this `id`, which is a UUID: any other is not remembered.
    mutating func insert(_ key: RepetitionKey, id: String, received: Timestamp) {
        guard let id = DeliveryID(id) else { return }
        if next - oldest == limit { forgetOldest() }
        let entry = Entry(key: key, id: id, received: received)
        let place = next % limit
        if place < entries.count { entries[place] = entry } else { entries.append(entry) }
        places[key] = Int32(place)
        next += 1
    }

    /// Forgets what is older than `limit`; costs what there is to forget.
    mutating func forget(before limit: Timestamp) {
        while oldest < next, entries[oldest % self.limit].received < limit { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let place = oldest % limit
        let key = entries[place].key
        // A later delivery may have the key.
        if places[key] == Int32(place) { places[key] = nil }
        oldest += 1
    }
}
