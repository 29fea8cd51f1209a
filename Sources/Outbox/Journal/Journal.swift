// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers
internal import POSIX

/// Where deliveries wait in a rush until they become rows of the log.
///
/// To append the entries of a turn and sync them costs far less than a transaction. Two files take turns: while one is
/// brought into the log the other is written. In a long rush most entries never become rows, because as many as the log keeps have
/// come after them: then their file is simply used anew.
final class Journal: Sendable {
    private let directory: String
    private let name: String
    private let state = NIOLockedValueBox(State())

    /// How long entries wait in a rush that does not end.
    private static let longestWait = Duration.seconds(5)

    /// After so long without any a rush is over.
    private static let quiet = Duration.milliseconds(200)

    /// By how much deliveries of one log may be out of order, as long as it can be written.
    static let longestDelay = Duration.seconds(10)

    /// What the names of its files begin with.
    static let prefix = "journal-"

    /// Its files are made in `directory` when they are needed.
    init(in directory: String) {
        self.directory = directory
        name = Self.prefix + String(UInt64.random(in: 0 ... .max), radix: 16)
    }

    /// Writes `entries` durably; at most `kept` of all are needed.
    ///
    /// - Returns: Whether there was room for them.
    func append(_ entries: [LogEntry], keeping kept: Int, at now: Timestamp) throws(SystemError) -> Bool {
        let result = state.withLockedValue { state in
            Result { () throws(SystemError) in
                if state.current == nil { try makeFiles(&state, at: now) }
                return try state.append(entries, keeping: kept, at: now)
            }
        }
        return try result.get()
    }

    /// Hands over a file, and which of its entries are to become rows now.
    ///
    /// Nil when there are none, or in the middle of a rush unless it `isEnd`.
    func take(
        keeping kept: Int,
        at now: Timestamp,
        isEnd: Bool
    ) throws(SystemError) -> (file: JournalFile, entries: Range<Int>)? {
        let result = state.withLockedValue { state in
            Result { () throws(SystemError) -> (JournalFile, Range<Int>)? in
                guard let since = state.since, !state.isTaken else { return nil }
                // A clock may have been set back. What comes while this goes on is a moment ahead of `now`.
                let isOver = now >= state.lastAppend + Self.quiet || now < state.lastAppend - Self.longestWait
                guard isEnd || isOver || now >= since + Self.longestWait else { return nil }
                return try state.take(keeping: kept, at: now)
            }
        }
        return try result.get()
    }

    /// Gets the file back, of which the first `done` entries are not needed any more.
    func giveBack(done: Int) {
        state.withLockedValue { state in
            state.isTaken = false
            state.former?.done = done
            guard state.former?.isDone == true else { return }
            if state.current?.isDone == true { state.rest() } else { state.since = state.lastAppend }
        }
    }

    /// Removes its files, as far as all of their entries have become rows.
    func close() {
        state.withLockedValue { state in
            guard !state.isTaken, state.current?.isDone != false, state.former?.isDone != false else {
                return
            }
            state.current?.file.remove()
            state.former?.file.remove()
            state = State()
        }
    }

    /// The files in a folder, of processes that live and of others.
    static func paths(in directory: String) throws(SystemError) -> [String] {
        try Folder.names(in: directory).filter { $0.hasPrefix(prefix) }.map { "\(directory)/\($0)" }
    }

    private func makeFiles(_ state: inout State, at now: Timestamp) throws(SystemError) {
        func filling(_ ending: String) throws(SystemError) -> Filling? {
            guard let file = try JournalFile(at: "\(directory)/\(name)-\(ending)") else { return nil }
            return try Filling(file: file, epoch: now.microseconds)
        }
        let (first, second) = (try filling("a"), try filling("b"))
        guard let first, let second else {
            // Somebody took one for a file that was left. The next turn tries again.
            first?.file.remove()
            second?.file.remove()
            return
        }
        try Folder.sync(directory)
        (state.current, state.former) = (first, second)
    }
}

extension Journal {
    private struct State {
        /// None, or both.
        var current: Filling?
        var former: Filling?

        /// Where entries are made, in a rush: to allocate and free so much every turn costs more than to keep it.
        private var bytes: [UInt8] = []

        /// Whether `former` is being brought into the log.
        var isTaken = false

        /// When the first entry was written that may still have to become a row, and the last.
        var since: Timestamp?
        var lastAppend = Timestamp(microseconds: 0)

        mutating func append(
            _ entries: [LogEntry],
            keeping kept: Int,
            at now: Timestamp
        ) throws(SystemError) -> Bool {
            // All before is older than as many as are needed.
            if let current, current.count >= kept, !isTaken { try changeFiles(at: now) }
            var isWritten = try current?.append(entries, making: &bytes) ?? false
            if !isWritten, !isTaken, former?.isDone == true {
                try changeFiles(at: now)
                isWritten = try current?.append(entries, making: &bytes) ?? false
            }
            guard isWritten else { return false }
            since = since ?? now
            lastAppend = now
            return true
        }

        mutating func take(
            keeping kept: Int,
            at now: Timestamp
        ) throws(SystemError) -> (JournalFile, Range<Int>)? {
            skipExcess(kept)
            if former?.isDone == true {
                try changeFiles(at: now)
                // What the log has passed over must not come back behind what it is about to get.
                try current?.file.sync()
            }
            skipExcess(kept)
            guard let former, !former.isDone else {
                rest()
                return nil
            }
            isTaken = true
            return (former.file, former.done..<former.count)
        }

        /// Passes over what is older than as many as are needed.
        private mutating func skipExcess(_ kept: Int) {
            guard let former, let current else { return }
            self.former?.done = max(former.done, min(former.count, former.count + current.count - kept))
        }

        /// Writes to the former file from here on, of which nobody needs anything any more.
        private mutating func changeFiles(at now: Timestamp) throws(SystemError) {
            guard let current, let former else { return }
            let epoch = max(now.microseconds, current.epoch + 1)
            (self.current, self.former) = (try Filling(file: former.file, epoch: epoch), current)
        }

        /// Gives back the space: no entry may still have to become a row.
        mutating func rest() {
            since = nil
            bytes = []
            current?.cut()
            former?.file.cut(at: 0)
        }
    }
}
