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
                } written: { end, places in
                    done = end
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
            // One that cannot be read or moved must not keep the others from becoming rows.
            var (orphans, problems): ([Orphan], [any Error]) = ([], [])
            for path in try Journal.paths(in: file.directory) {
                do {
                    if let file = try JournalFile(at: path) { orphans.append(try Orphan(file)) }
                } catch {
                    problems.append(error)
                }
            }
            // It may have been killed while it made rows of them.
            let known = try queue.unsafeRead { try $0.deliveryIDs(among: orphans.flatMap(\.ids)) }
            var excess = orphans.reduce(-kept) { $0 + $1.count }
            for orphan in orphans.sorted(by: { $0.epoch < $1.epoch }) {
                let skipped = min(max(0, excess), orphan.count)
                excess -= skipped
                _ = try queue.insert(orphan.file, skipped..<orphan.count) {
                    !known.contains($0.id) && $0.received >= oldest.microseconds
                } written: { _, _ in
                    try? file.syncLog()
                }
                // What was known is in SQLite's log, and that may not be on the disk yet.
                try file.syncLog()
                do { try remove(orphan) } catch { problems.append(error) }
            }
            if let problem = problems.first { throw problem }
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

        /// Of its entries, those included that cannot be read.
        let count: Int

        /// Of those that can.
        private(set) var ids: [String] = []

        init(_ file: JournalFile) throws {
            self.file = file
            var reader = try JournalReader(file)
            epoch = reader.epoch ?? .max
            while let entry = try reader.next() { ids.append(entry.id) }
            (count, isDamaged) = (reader.count, reader.isDamaged)
        }
    }
}

extension DatabaseQueue {
    /// Inserts those of a file's entries that are wanted, in steps that keep no commit waiting; all that it inserts are
    /// durable when it returns.
    ///
    /// `written` gets with each step how many of the file's first entries need no second time, and the places of the last row
    /// before and of its own last.
    /// - Returns: How many of `entries` are not there.
    fileprivate func insert(
        _ journal: JournalFile,
        _ entries: Range<Int>,
        where isWanted: (LogEntry) -> Bool,
        written: (_ done: Int, _ places: ClosedRange<Int64>) -> Void
    ) throws -> Int {
        var reader = try JournalReader(journal)
        for _ in 0..<entries.lowerBound { _ = try reader.skip() }
        var (step, bytes, end): ([LogEntry], Int64, Int) = ([], 0, entries.lowerBound)
        var missing = entries.count
        while reader.count < entries.upperBound, let entry = try reader.next() {
            missing -= 1
            guard isWanted(entry) else { continue }
            if step.count == Self.rowsPerStep || bytes > Self.bytesPerStep {
                written(end, try insert(step))
                (step, bytes) = ([], 0)
            }
            step.append(entry)
            bytes += Int64(entry.body.count)
            end = reader.count
        }
        // The kernel writes all of SQLite's log to the disk, not this transaction alone.
        try writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = FULL") }
        defer { try? writeWithoutTransaction { try $0.execute(sql: "PRAGMA synchronous = NORMAL") } }
        if !step.isEmpty { written(end, try insert(step)) }
        return missing
    }

    /// Returns the places of the last row before and of its own last.
    private func insert(_ entries: [LogEntry]) throws -> ClosedRange<Int64> {
        try inTransaction { database in
            var before: Int64 = 0
            try HotStatement("SELECT max(sequence) FROM delivery", database).run { before = $0.integer(0) }
            var last = before
            let log = try LogInsertion(database)
            for entry in entries { last = try log.insert(entry) }
            return before...last
        }
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
