// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import POSIX
internal import Subscriptions

/// Refreshes of Warehouses that are pending and that nobody has begun, known without asking the file.
///
/// An event whose target is among them has its refresh already: one that begins after it. To find that row and write
/// it again for every event was a tenth of what a delivery costs. The later token is put into the file when the
/// refresh begins.
///
/// It holds while the deliverer is in this process and says what it begins. Where another connection has changed the
/// file, as an operator does who drops a refresh, its row is looked at once more.
///
/// Of objects of catalogues it knows nothing: whoever looks at them may be another process than the one that refreshes
/// Warehouses, and few of their events come before the look that the one before has asked for.
struct WaitingRefreshes {
    /// A refresh as the last event has left it.
    struct Waiting {
        let token: Timestamp
        let due: Timestamp

        /// Whether the file has this token, too.
        let isStored: Bool

        /// That of the file in which it was waiting.
        fileprivate(set) var version: Int64 = 0
    }

    /// Whether the deliverer of Warehouses is in this process.
    private var isComplete = false

    private var waiting: [Target: Waiting] = [:]

    /// Up to here tokens may have been given that neither the file has nor `waiting`.
    private var forgotten = Timestamp(microseconds: 0)

    /// The file's, by SQLite's count of other connections' commits.
    private var version: Int64 = 0

    /// More than wait where many events come, and half a megabyte.
    private static let limit = 4096

    /// Takes note of whether the deliverer is in this process from `now` on.
    mutating func setComplete(_ isComplete: Bool, at now: Timestamp) {
        self.isComplete = isComplete
        waiting = [:]
        // Until then another process may have been it.
        forgotten = now
    }

    /// Takes note of the file's version; what is looked at afterwards is at least as new.
    ///
    /// - Returns: Whether another connection has changed it.
    @discardableResult
    mutating func follow(_ database: Database) throws -> Bool {
        let before = version
        try HotStatement("PRAGMA data_version", database).run { version = $0.integer(0) }
        return version != before
    }

    /// What an event at `now` makes of the refresh of `target`; nil where none is known that has not begun.
    func renewed(_ target: Target, at now: Timestamp, _ database: Database) throws -> Waiting? {
        guard let before = waiting[target] else { return nil }
        var (last, due, isPending) = (before.token, before.due, true)
        if before.version != version {
            let row = try database.refresh(of: target)
            isPending = row?.isPending ?? false
            last = max(last, row?.token ?? last)
            due = row?.due ?? due
        }
        guard isPending else { return nil }
        let token = max(now, last + .microseconds(1))
        return Waiting(token: token, due: due, isStored: false, version: version)
    }

    /// Takes note of refreshes that a turn has committed.
    mutating func insert(_ requested: [Target: Waiting]) {
        guard isComplete else { return }
        if waiting.count + requested.count > Self.limit { forget() }
        for (target, var refresh) in requested where target.lane == .warehouses {
            refresh.version = version
            waiting[target] = refresh
        }
    }

    /// Takes note that a refresh begins, which is too early for any later event.
    ///
    /// - Returns: The token that it needs: not less than that of any event before, known or forgotten.
    mutating func begin(_ refresh: Refresh, at now: Timestamp) -> Timestamp {
        guard isComplete, refresh.target.lane == .warehouses else { return refresh.token }
        if let last = waiting.removeValue(forKey: refresh.target) {
            if !last.isStored { forgotten = max(forgotten, last.token) }
            return max(refresh.token, last.token)
        }
        return refresh.token > forgotten ? refresh.token : max(refresh.token, forgotten, now)
    }

    /// Forgets everything, because it is about another file or another time.
    mutating func forget() {
        for known in waiting.values where !known.isStored { forgotten = max(forgotten, known.token) }
        waiting = [:]
    }
}
