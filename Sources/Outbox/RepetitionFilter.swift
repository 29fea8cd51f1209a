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
    private var entries: [Entry] = []

    /// Where in `entries` a key is: a hash table with linear probing, of which half at least is `vacant`, because
    /// each look at an entry has to wait for the memory.
    ///
    /// A dictionary would hold every key a second time.
    private var places: [Int32]

    /// Counted from the first ever: the one remembered longest, and the next.
    private var (oldest, next) = (0, 0)

    private static let vacant: Int32 = -1

    /// They take 3 MB.
    static let defaultLimit = 65_536

    init(limit: Int = defaultLimit) {
        self.limit = limit
        var size = 1
        while size < limit * 2 { size *= 2 }
        places = Array(repeating: Self.vacant, count: size)
    }

    /// The delivery that `key` was first seen with, after `limit`.
    func first(_ key: RepetitionKey, since limit: Timestamp) -> String? {
        let place = places[slot(of: key)]
        guard place != Self.vacant else { return nil }
        let entry = entries[Int(place)]
        return entry.received >= limit ? entry.id.description : nil
    }

    /// Takes note of the delivery with this `id`, which is a UUID: any other is not remembered.
    mutating func insert(_ key: RepetitionKey, id: String, received: Timestamp) {
        guard let id = DeliveryID(id) else { return }
        // Memory that is never written to takes no place; growing step by step would leave holes.
        if entries.isEmpty { entries.reserveCapacity(limit) }
        if next - oldest == limit { forgetOldest() }
        let entry = Entry(key: key, id: id, received: received)
        let place = next % limit
        let slot = slot(of: key)
        if place < entries.count { entries[place] = entry } else { entries.append(entry) }
        places[slot] = Int32(place)
        next += 1
    }

    /// Forgets what is older than `limit`; costs what there is to forget.
    mutating func forget(before limit: Timestamp) {
        while oldest < next, entries[oldest % self.limit].received < limit { forgetOldest() }
    }

    private mutating func forgetOldest() {
        let place = oldest % limit
        let slot = slot(of: entries[place].key)
        // A later delivery may have the key.
        if places[slot] == Int32(place) { vacate(slot) }
        oldest += 1
    }
}

extension RepetitionFilter {
    /// Where `key` is in the table, or the vacant place where it would be.
    private func slot(of key: RepetitionKey) -> Int {
        var slot = home(of: key)
        while places[slot] != Self.vacant, entries[Int(places[slot])].key != key { slot = following(slot) }
        return slot
    }

    /// Where the search for `key` begins: by a hash with a seed, so that nobody can make keys meet on purpose.
    private func home(of key: RepetitionKey) -> Int { key.hashValue & (places.count - 1) }

    private func following(_ slot: Int) -> Int { (slot + 1) & (places.count - 1) }

    /// Moves those behind `slot` up, as far as their search would otherwise end there.
    private mutating func vacate(_ slot: Int) {
        var vacant = slot
        var candidate = following(slot)
        while places[candidate] != Self.vacant {
            let home = home(of: entries[Int(places[candidate])].key)
            // Whether its search passes the vacant place, counted around the end of the table.
            if (candidate - home) & (places.count - 1) >= (candidate - vacant) & (places.count - 1) {
                places[vacant] = places[candidate]
                vacant = candidate
            }
            candidate = following(candidate)
        }
        places[vacant] = Self.vacant
    }
}
