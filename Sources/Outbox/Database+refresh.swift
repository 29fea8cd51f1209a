// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import POSIX
internal import Subscriptions

/// A target's row.
struct RefreshRow {
    let token: Timestamp
    let due: Timestamp
    let isPending: Bool
    let finished: Timestamp
}

extension Database {
    /// The last refresh of `target`; nil where it never had one, or long ago.
    ///
    /// Not RETURNING of the statement that changes it: for that SQLite makes a table in memory each time, which costs more
    /// than the rest.
    func refresh(of target: Target) throws -> RefreshRow? {
        var found: RefreshRow?
        let find = try HotStatement(PendingStatements.Texts.of(target.lane).find, self)
        try find.run(target.namespace, target.name) { row in
            found = RefreshRow(
                token: Timestamp(microseconds: row.integer(0)),
                due: Timestamp(microseconds: row.integer(1)),
                isPending: row.integer(2) == RefreshState.pending.rawValue,
                finished: Timestamp(microseconds: row.integer(3))
            )
        }
        return found
    }
}
