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

    /// How many are in the list, as far as is known.
    private(set) var total: Int?

    /// How many are done.
    private(set) var count = 0

    /// The names of those that were done last.
    private var done: [String] = []

    /// Three pages of names: of more nobody asks.
    private static let remembered = 300

    func isDone(_ name: String) -> Bool { done.contains(name) }

    mutating func finish(_ name: String) {
        count += 1
        done.append(name)
        if done.count > Self.remembered { done.removeFirst(done.count - Self.remembered) }
    }

    /// Says how many there are before what is on the page is done.
    mutating func note(total: Int?) { self.total = total ?? self.total }

    /// Goes on after `page` was read; false at the end.
    mutating func turn(after page: HarborPage) -> Bool {
        note(total: page.total)
        let hasShrunk = earlierTotal.map { earlier in page.total.map { $0 < earlier } ?? false } ?? false
        earlierTotal = page.total
        if hasShrunk, self.page > 1 {
            self.page -= 1
            return true
        }
        guard page.hasNext, !page.objects.isEmpty else { return false }
        self.page += 1
        return true
    }
}
