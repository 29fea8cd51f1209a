// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOConcurrencyHelpers
package import POSIX

extension OutboxMaintenance {
    /// Makes rows of what a rush has left in the journal, when it is over or lasts; at the end in any case.
    package func feed(at now: Timestamp, isEnd: Bool = false) throws(OutboxError) {
        let journal = outbox.journal
        // One file that was left over, and one that was written since; what comes meanwhile waits for the next time.
        for _ in 0..<2 {
            let isNothingLeft = try file.withConnection { queue in
                guard let (former, entries) = try journal.take(keeping: kept, at: now, isEnd: isEnd) else {
                    return true
                }
                // What has become rows before an error does so no second time.
                var done = entries.lowerBound
                defer { journal.giveBack(done: done) }
                let missing = try queue.insert(former, entries) { _ in
                    true
                } written: { count, places in
                    done += count
                    outbox.know(places)
                    try? file.syncLog()
                }
                done = entries.upperBound
                try former.empty()
                guard missing == 0 else {
                    throw OutboxError(
                        .unavailable,
                        "'\(former.path)': \(missing) deliveries of a rush cannot be read any more, the log lacks them"
                    )
                }
                return false
            }
            if isNothingLeft { break }
        }
        if isEnd { journal.close() }
    }

    /// Makes rows of what processes have left that were killed.
    package func adopt(at now: Timestamp) throws(OutboxError) {
        let oldest = now - settings.withLockedValue(\.keptFor)
        try file.withConnection { queue in
            let orphans = try Journal.orphans(in: file.directory).map(Orphan.init)
            // It may have been killed while it made rows of them.
            let known = try queue.unsafeRead { try $0.deliveryIDs(among: orphans.flatMap(\.ids)) }
            var excess = orphans.reduce(-kept) { $0 + $1.ids.count }
            for orphan in orphans.sorted(by: { $0.epoch < $1.epoch }) {
                let skipped = min(max(0, excess), orphan.ids.count)
                excess -= skipped
                _ = try queue.insert(orphan.file, skipped..<orphan.ids.count) {
                    !known.contains($0.id) && $0.received >= oldest.microseconds
                } written: { _, _ in
                    try? file.syncLog()
                }
                try remove(orphan)
            }
        }
    }

    private func remove(_ orphan: Orphan) throws(SystemError) {
        guard orphan.isDamaged else { return orphan.file.remove() }
        let aside = try orphan.file.setAside()
        file.report(
            "'\(orphan.file.path)' of a process that was killed holds what cannot be read; moved aside to '\(aside)'"
        )
    }

    private var kept: Int { settings.withLockedValue(\.keptDeliveries) }

    /// A file that nobody writes to any more.
    private struct Orphan {
        let file: JournalFile
        let epoch: Int64
        let isDamaged: Bool
        private(set) var ids: [String] = []

        init(_ file: JournalFile) throws {
            self.file = file
            var reader = try JournalReader(file)
            epoch = reader.epoch ?? .max
            while let entry = try reader.next() { ids.append(entry.id) }
            isDamaged = reader.isDamaged
        }
    }
}

extension DatabaseQueue {
    /// Inserts those of a file's entries that are wanted, in steps that keep no commit waiting; all are durable when it
    /// returns.
    ///
    /// `written` gets the number of rows of each step, and the places of the last before and of its own last.
    /// - Returns: How many of `entries` are not there.
    fileprivate func insert(
        _ journal: JournalFile,
        _ entries: Range<Int>,
        where isWanted: (LogEntry) -> Bool,
        written: (_ count: Int, _ places: ClosedRange<Int64>) -> Void
    ) throws -> Int {
        var reader = try JournalReader(journal)
        for _ in 0..<entries.lowerBound { _ = try reader.skip() }
        var (step, bytes): ([LogEntry], Int64) = ([], 0)
        var missing = entries.count
        while missing > 0, let entry = try reader.next() {
            missing -= 1
            guard isWanted(entry) else { continue }
            if step.count == Self.rowsPerStep || bytes > Self.bytesPerStep {
                try insert(step, written)
                (step, bytes) = ([], 0)
            }
            step.append(entry)
            bytes += Int64(entry.body.count)
        }
        // The kernel writes all of SQLite's log to the disk, not this transaction alone.
        try writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        defer { try? writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") } }
        try insert(step, written)
        return missing
    }

    private func insert(_ entries: [LogEntry], _ written: (Int, ClosedRange<Int64>) -> Void) throws {
        guard !entries.isEmpty else { return }
        let places = try inTransaction { database in
            var before: Int64 = 0
            try HotStatement("SELECT max(sequence) FROM delivery", database).run { before = $0.integer(0) }
            var last = before
            let log = try LogInsertion(database)
            for entry in entries { last = try log.insert(entry) }
            return before...last
        }
        written(entries.count, places)
    }
}

extension Database {
    /// Those of `ids` that the log has; looks at all of it.
    fileprivate func deliveryIDs(among ids: [String]) throws -> Set<String> {
        guard !ids.isEmpty else { return [] }
        let ids = Set(ids)
        var known: Set<String> = []
        let rows = try String.fetchCursor(self, sql: "SELECT id FROM delivery")
        while let id = try rows.next() { if ids.contains(id) { known.insert(id) } }
        return known
    }
}
