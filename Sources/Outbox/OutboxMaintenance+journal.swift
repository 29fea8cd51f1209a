// SPDX-License-Identifier: Apache-2.0

internal import GRDB
internal import NIOConcurrencyHelpers
package import POSIX

extension OutboxMaintenance {
    /// Makes rows of what a rush has left in the journal, when it is over or lasts; at the end in any case.
    package func feed(at now: Timestamp, isEnd: Bool = false) throws(OutboxError) {
        let journal = outbox.journal
        while let (journalFile, skipped) = journal.take(keeping: kept, at: now, isEnd: isEnd) {
            // What has become rows before an error does so no second time.
            var done = skipped
            defer { journal.giveBack(done: done) }
            try file.withConnection { queue in
                try queue.insert(journalFile, skipping: skipped) { _ in
                    true
                } written: { count, places in
                    done += count
                    outbox.know(places)
                }
            }
        }
        if isEnd { journal.close() }
    }

    /// Makes rows of what processes have left that were killed.
    package func adopt() throws(OutboxError) {
        try file.withConnection { queue in
            let orphans = try Journal.orphans(in: file.directory).map(Orphan.init)
            guard let first = orphans.map(\.epoch).min() else { return }
            // It may have been killed while it made rows of them.
            let known = try queue.unsafeRead { try $0.deliveryIDs(since: first) }
            var excess = orphans.reduce(-kept) { $0 + $1.count }
            for orphan in orphans.sorted(by: { $0.epoch < $1.epoch }) {
                let skipped = min(max(0, excess), orphan.count)
                excess -= skipped
                try queue.insert(orphan.file, skipping: skipped) {
                    !known.contains($0.id)
                } written: { _, _ in
                }
                orphan.file.remove()
            }
        }
    }

    private var kept: Int { settings.withLockedValue(\.keptDeliveries) }

    /// A file that nobody writes to any more.
    private struct Orphan {
        let file: JournalFile
        let epoch: Timestamp
        private(set) var count = 0

        init(_ file: JournalFile) throws {
            self.file = file
            var reader = try JournalReader(file)
            epoch = Timestamp(microseconds: reader.epoch ?? .max)
            while try reader.skip() { count += 1 }
        }
    }
}

extension DatabaseQueue {
    /// Inserts the entries that are wanted, in steps that keep no commit waiting; all are durable when it returns.
    ///
    /// `written` gets the number of rows of each step, and the places of the last before and of its own last.
    fileprivate func insert(
        _ journal: JournalFile,
        skipping excess: Int,
        where isWanted: (LogEntry) -> Bool,
        written: (_ count: Int, _ places: ClosedRange<Int64>) -> Void
    ) throws {
        var reader = try JournalReader(journal)
        for _ in 0..<excess { _ = try reader.skip() }
        var (step, bytes): ([LogEntry], Int64) = ([], 0)
        while let entry = try reader.next() {
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
    /// The ids of the deliveries that may have come at `time` or later, as far as the log is in order.
    fileprivate func deliveryIDs(since time: Timestamp) throws -> Set<String> {
        guard let newest = try Int64.fetchOne(self, sql: "SELECT max(sequence) FROM delivery"),
            let oldest = try Int64.fetchOne(self, sql: "SELECT min(sequence) FROM delivery")
        else { return [] }
        let before = time - Journal.longestDelay
        let last = try lastDelivery(in: (oldest - 1)...newest, where: "received < ?", [before.microseconds])
        return Set(
            try String.fetchAll(self, sql: "SELECT id FROM delivery WHERE sequence > ?", arguments: [last])
        )
    }
}
