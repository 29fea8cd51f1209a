// SPDX-License-Identifier: Apache-2.0

/// How far the walk over a list that comes in pages is, while others add to it and take from it.
///
/// A list that has become shorter since the page before has moved up, and what was first on a page is now at the end of the
/// one before: that one is read again. What comes twice is known by its name.
struct PageCursor: Codable, Sendable, Equatable {
    /// The page to read, from 1 on.
    private(set) var page = 1

    /// How many were in the list when the page before was read.
    private var earlierTotal: Int?

    /// How many were in the list when it was shortest.
    private var leastTotal: Int?

    /// How many are in the list, as far as is known.
    private(set) var total: Int?

    /// How many are done.
    private(set) var count = 0

    /// The names of those that were done last.
    private var done: [String] = []

    /// Three pages of names: of more nobody asks.
    private static let remembered = 300

    func isDone(_ name: String) -> Bool { done.contains(name) }

    /// How many it is too few, where the list has ended before all that it is said to hold was on a page.
    ///
    /// What comes while it is walked comes first, on a page that has been read: it is not missed, an event tells of it.
    var missing: Int { max(0, (leastTotal ?? 0) - count) }

    mutating func finish(_ name: String) {
        count += 1
        done.append(name)
        if done.count > Self.remembered { done.removeFirst(done.count - Self.remembered) }
    }

    /// Says how many there are before what is on the page is done.
    mutating func note(total: Int?) { self.total = total ?? self.total }

    /// Goes on after all that is on `page` was done; false at the end.
    ///
    /// A proxy may leave out the header that says whether there is more: how long the list is says it, too.
    mutating func turn(after page: HarborPage) -> Bool {
        note(total: page.total)
        if let total = page.total { leastTotal = min(leastTotal ?? total, total) }
        let hasShrunk = earlierTotal.map { earlier in page.total.map { $0 < earlier } ?? false } ?? false
        earlierTotal = page.total
        if hasShrunk, self.page > 1 {
            self.page -= 1
            return true
        }
        let hasNext = page.hasNext || self.page * HarborClient.pageSize < page.total ?? 0
        guard hasNext, !page.objects.isEmpty else { return false }
        self.page += 1
        return true
    }
}
