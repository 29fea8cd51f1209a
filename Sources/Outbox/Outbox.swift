// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import GRDB
internal import NIOConcurrencyHelpers
package import POSIX
package import Subscriptions

/// The durable queue between deliveries and sinks, and the log of deliveries.
///
/// Any number of processes on one host share it. There is at most one pending refresh of a target: a later
/// event replaces its token, so that the sink is asked once, after the last of them.
package final class Outbox: Sendable {
    /// What became of a delivery.
    package enum Commitment: Sendable, Equatable {
        /// It is durable, and so are these refreshes.
        case accepted([Refresh])

        /// It was accepted before, as the delivery with this id.
        case repetition(of: String)
    }

    let settings: NIOLockedValueBox<OutboxSettings>
    let file: OutboxFile

    /// The same file, for questions for which no commit is to wait.
    let objects: OutboxFile
    let journal: Journal
    fileprivate let memory = NIOLockedValueBox(Memory())

    /// What is known of the file without asking it.
    fileprivate struct Memory {
        var repetitions = RepetitionFilter()
        var waiting = WaitingRefreshes()
        /// The last row of the log that `repetitions` knows of.
        var sequence: Int64 = 0
        /// The file that all this is about.
        var identity: FileStatus.Identity?
        var rush = Rush()
        /// Why the journal could not be written the last time.
        var journalError: String?
    }

    /// The outbox in `directory`; nothing is opened before it is needed, so that a disk that is full now may
    /// have space later.
    ///
    /// `report` gets what an operator has to know, such as that a damaged file was moved aside.
    package init(directory: String, settings: OutboxSettings, report: @escaping @Sendable (String) -> Void) {
        file = OutboxFile(in: directory, report: report)
        objects = file.another(use: .maintenance)
        journal = Journal(in: directory)
        self.settings = NIOLockedValueBox(settings)
    }

    /// The outbox that a service has made in `directory`, for somebody who looks at it or changes a row.
    ///
    /// The file is neither made nor changed in its format nor replaced; whether the service runs does not matter.
    package init(existingIn directory: String, for use: GuestUse) {
        file = OutboxFile(in: directory, access: .guest(use)) { _ in }
        objects = file.another(use: .maintenance)
        journal = Journal(in: directory)
        settings = NIOLockedValueBox(OutboxSettings())
    }

    /// Takes settings that a reload has changed.
    package func apply(_ settings: OutboxSettings) { self.settings.withLockedValue { $0 = settings } }

    /// Finds out whether deliveries can be kept now.
    package func checkWritable() throws(OutboxError) { _ = try write { try $0.hasNothingPending() } }

    /// Runs `body` in a transaction of its own, committed durably when it returns.
    func write<Value>(_ body: (Database) throws -> Value) throws(OutboxError) -> Value {
        try write { database, _ in try body(database) }
    }

    /// Tells `body` also which file it writes.
    private func write<Value>(
        _ body: (Database, FileStatus.Identity) throws -> Value
    ) throws(OutboxError) -> Value {
        try file.withIdentity { queue, identity in try queue.inTransaction { try body($0, identity) } }
    }

    /// Runs `body` without a transaction: each of its statements sees what is committed when it begins.
    ///
    /// Making a transaction that only reads would cost more than the reading, many times a second.
    func read<Value>(_ body: (Database) throws -> Value) throws(OutboxError) -> Value {
        try file.withConnection { try $0.unsafeRead(body) }
    }
}

extension Outbox {
    /// Makes the deliveries of one turn and all their refreshes durable, together.
    ///
    /// - Returns: What became of each, in which lanes nothing was pending before, as far as it concerns them, and when
    ///   the last of the refreshes is due.
    package func commit(
        _ records: [DeliveryRecord],
        at now: Timestamp
    ) throws(OutboxError) -> (commitments: [Commitment], idle: Target.Lanes, due: Timestamp) {
        // Held across the transaction: loops of one process commit one after the other in any case.
        try locked { memory throws(OutboxError) in
            if memory.rush.isOn(with: records.count, at: now) {
                return try commitInRush(records, at: now, &memory)
            }
            return try commit(records, at: now, &memory) { _ in true }
        }
    }

    /// The same in a transaction, unless `isWanted` finds there that nothing is to be done; then no delivery has become
    /// anything.
    func commit(
        _ records: [DeliveryRecord],
        at now: Timestamp,
        if isWanted: (Database) throws -> Bool
    ) throws(OutboxError) -> (commitments: [Commitment], idle: Target.Lanes, due: Timestamp) {
        try locked { memory throws(OutboxError) in try commit(records, at: now, &memory, if: isWanted) }
    }

    private func commit(
        _ records: [DeliveryRecord],
        at now: Timestamp,
        _ memory: inout Memory,
        if isWanted: (Database) throws -> Bool
    ) throws(OutboxError) -> (commitments: [Commitment], idle: Target.Lanes, due: Timestamp) {
        let settings = settings.withLockedValue { $0 }
        let limit = now - settings.repetitionWindow
        var sequence: Int64 = 0
        let (plan, idle): (TurnPlan?, Target.Lanes) = try write { database, identity in
            guard try isWanted(database) else { return (nil, []) }
            let (plan, idle) = try memory.plan(records, at: now, settings, database, of: identity)
            sequence = try database.log(plan?.entries ?? [])
            return (plan, idle)
        }
        guard let plan else { return ([], idle, now) }
        memory.sequence = max(memory.sequence, sequence)
        memory.remember(plan, at: now, since: limit)
        return (plan.commitments, idle, plan.due)
    }

    /// The same with the journal for the log.
    ///
    /// A transaction is left for the refreshes that are not there yet. It comes first: a refresh that nobody is told of does
    /// no harm, and a delivery in the log whose refresh is lost would.
    private func commitInRush(
        _ records: [DeliveryRecord],
        at now: Timestamp,
        _ memory: inout Memory
    ) throws(OutboxError) -> (commitments: [Commitment], idle: Target.Lanes, due: Timestamp) {
        let settings = settings.withLockedValue { $0 }
        let limit = now - settings.repetitionWindow
        var (plan, idle): (TurnPlan?, Target.Lanes) = (nil, [])
        plan = try planOfWaiting(records, at: now, since: limit, &memory)
        if plan == nil {
            (plan, idle) = try write { database, identity in
                try memory.plan(records, at: now, settings, database, of: identity)
            }
        }
        guard let plan else { return ([], idle, now) }
        let isWritten = plan.entries.isEmpty || writeInJournal(plan.entries, at: now, &memory)
        // Where the journal has no room, or cannot be written, the outbox's file takes all of it or says why not.
        guard isWritten else { return try commit(records, at: now, &memory) { _ in true } }
        memory.remember(plan, at: now, since: limit)
        return (plan.commitments, idle, plan.due)
    }

    /// Whether there was room for them; a journal that cannot be written is told of once.
    private func writeInJournal(_ entries: [LogEntry], at now: Timestamp, _ memory: inout Memory) -> Bool {
        do throws(SystemError) {
            let kept = settings.withLockedValue(\.keptDeliveries)
            let isWritten = try journal.append(entries, keeping: kept, at: now)
            memory.journalError = nil
            return isWritten
        } catch {
            if memory.journalError != "\(error)" {
                file.report(
                    "each turn of a rush is a transaction, for the journal cannot be written: \(error)"
                )
            }
            memory.journalError = "\(error)"
            return false
        }
    }

    /// What becomes of deliveries of which each refresh waits already; nil of others.
    private func planOfWaiting(
        _ records: [DeliveryRecord],
        at now: Timestamp,
        since limit: Timestamp,
        _ memory: inout Memory
    ) throws(OutboxError) -> TurnPlan? {
        try file.withIdentity { queue, identity in
            guard identity == memory.identity else { return nil }
            return try queue.unsafeRead { database in
                if try memory.waiting.follow(database) { try memory.catchUp(database, since: limit) }
                return try TurnPlan(records, at: now) {
                    memory.repetitions.first($0, since: limit)
                } request: {
                    try memory.waiting.renewed($0, at: now, database)
                }
            }
        }
    }
}

extension Database {
    /// Adds rows to the log, and returns the place of the last.
    fileprivate func log(_ entries: [LogEntry]) throws -> Int64 {
        let log = try LogInsertion(self)
        return try entries.reduce(0) { try log.insert($1) }
    }

    /// A lane that no record is about is looked at only if it is the one of most deliveries.
    fileprivate func idleLanes(for records: [DeliveryRecord]) throws -> Target.Lanes {
        var lanes: Target.Lanes = try hasNothingPending() ? .warehouses : []
        let hasObjects = records.contains { $0.targets.first?.lane == .catalogue }
        if hasObjects, try hasNothingPending(in: .catalogue) { lanes.insert(.catalogue) }
        return lanes
    }
}

extension Outbox {
    /// Says whether this process is the one that delivers from `now` on.
    package func setDelivering(_ isDelivering: Bool, at now: Timestamp) {
        memory.withLockedValue { $0.waiting.setComplete(isDelivering, at: now) }
    }

    /// Events that come from here on need a refresh after these, which get the returned tokens.
    func begin(_ refreshes: [Refresh], at now: Timestamp) -> [Timestamp] {
        memory.withLockedValue { memory in refreshes.map { memory.waiting.begin($0, at: now) } }
    }

    /// Takes note of rows of which the deliveries are known: all after the first of `places`, up to the last.
    func know(_ places: ClosedRange<Int64>) {
        memory.withLockedValue { memory in
            if memory.sequence >= places.lowerBound {
                memory.sequence = max(memory.sequence, places.upperBound)
            }
        }
    }

    /// What is pending may have another time from here on.
    func forgetWaiting() { memory.withLockedValue { $0.waiting.forget() } }

    /// The lock's own closure erases what is thrown.
    private func locked<Value>(
        _ body: (inout Memory) throws(OutboxError) -> Value
    ) throws(OutboxError) -> Value {
        let result = memory.withLockedValue { memory in
            Result { () throws(OutboxError) in try body(&memory) }
        }
        return try result.get()
    }
}

extension Outbox.Memory {
    /// Forgets everything when the file is another one: what was accepted into the one before may be lost.
    fileprivate mutating func follow(_ identity: FileStatus.Identity) {
        guard identity != self.identity else { return }
        waiting.forget()
        self = Self(waiting: waiting, identity: identity)
    }

    /// What becomes of deliveries, and in which lanes nothing was pending; in a transaction, which requests their refreshes.
    fileprivate mutating func plan(
        _ records: [DeliveryRecord],
        at now: Timestamp,
        _ settings: OutboxSettings,
        _ database: Database,
        of identity: FileStatus.Identity
    ) throws -> (TurnPlan?, idle: Target.Lanes) {
        let limit = now - settings.repetitionWindow
        follow(identity)
        try catchUp(database, since: limit)
        try waiting.follow(database)
        let idle = try database.idleLanes(for: records)
        let turn = try TurnTransaction(database, at: now, settings)
        let plan = try TurnPlan(records, at: now) {
            repetitions.first($0, since: limit)
        } request: { target in
            try waiting.renewed(target, at: now, database) ?? turn.request(target)
        }
        return (plan, idle)
    }

    /// Takes note of a plan that has become durable.
    fileprivate mutating func remember(_ plan: TurnPlan, at now: Timestamp, since limit: Timestamp) {
        for (key, id) in plan.fresh { repetitions.insert(key, id: id, received: now) }
        repetitions.forget(before: limit)
        waiting.insert(plan.requested)
    }

    /// Learns what other processes have committed since; in a transaction nobody commits anything more.
    fileprivate mutating func catchUp(_ database: Database, since limit: Timestamp) throws {
        var newest: Int64 = 0
        try HotStatement("SELECT max(sequence) FROM delivery", database).run { newest = $0.integer(0) }
        if newest - sequence > 1000 {
            // Where a clock was set back, deliveries are not in order, and a repetition may be accepted.
            sequence = try database.lastDelivery(
                in: max(sequence, newest - Int64(RepetitionFilter.defaultLimit))...newest,
                where: "received < ?",
                [limit.microseconds]
            )
        }
        let new = try HotStatement(
            "SELECT sequence, received, repetitionKey, id FROM delivery WHERE sequence > ? ORDER BY sequence",
            database
        )
        try new.run(sequence) { row in
            sequence = row.integer(0)
            let received = Timestamp(microseconds: row.integer(1))
            guard received >= limit, let key = row.blob(2) else { return }
            repetitions.insert(RepetitionKey(key), id: row.text(3), received: received)
        }
    }
}
