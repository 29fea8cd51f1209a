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
    fileprivate let memory = NIOLockedValueBox(Memory())

    /// What is known of the file without asking it.
    fileprivate struct Memory {
        var repetitions = RepetitionFilter()
        var waiting = WaitingRefreshes()
        /// The last row of the log that `repetitions` knows of.
        var sequence: Int64 = 0
        /// The file that all this is about.
        var identity: FileStatus.Identity?
    }

    /// The outbox in `directory`; nothing is opened before it is needed, so that a disk that is full now may
    /// have space later.
    ///
    /// `report` gets what an operator has to know, such as that a damaged file was moved aside.
    package init(directory: String, settings: OutboxSettings, report: @escaping @Sendable (String) -> Void) {
        file = OutboxFile(in: directory, report: report)
        self.settings = NIOLockedValueBox(settings)
    }

    /// The outbox that a service has made in `directory`, for somebody who looks at it or changes a row.
    ///
    /// The file is neither made nor changed in its format nor replaced; whether the service runs does not matter.
    package init(existingIn directory: String, for use: GuestUse) {
        file = OutboxFile(in: directory, access: .guest(use)) { _ in }
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
    /// Makes the deliveries of one turn and all their refreshes durable, in one transaction.
    ///
    /// - Returns: What became of each, whether nothing was pending before, and when the last of the refreshes
    ///   is due.
    package func commit(
        _ records: [DeliveryRecord],
        at now: Timestamp
    ) throws(OutboxError) -> (commitments: [Commitment], wasIdle: Bool, due: Timestamp) {
        try commit(records, at: now) { _ in true }
    }

    /// The same, unless `isWanted` finds in the same transaction that nothing is to be done; then no delivery has become
    /// anything.
    func commit(
        _ records: [DeliveryRecord],
        at now: Timestamp,
        if isWanted: (Database) throws -> Bool
    ) throws(OutboxError) -> (commitments: [Commitment], wasIdle: Bool, due: Timestamp) {
        let settings = settings.withLockedValue { $0 }
        let limit = now - settings.repetitionWindow
        // Held across the transaction: loops of one process commit one after the other in any case.
        return try locked { memory throws(OutboxError) in
            // What this turn adds counts only once it is committed.
            var fresh: [RepetitionKey: String] = [:]
            var requested: [Target: WaitingRefreshes.Waiting] = [:]
            var sequence: Int64 = 0
            let result = try write { database, identity in
                guard try isWanted(database) else { return ([Commitment](), false, now) }
                memory.follow(identity)
                try memory.catchUp(database, since: limit)
                try memory.waiting.follow(database)
                let wasIdle = try database.hasNothingPending()
                let turn = try TurnTransaction(database, at: now, settings)
                var lastDue = now
                let commitments = try records.map { record in
                    let key = record.repetitionKey.map(RepetitionKey.init)
                    if let key,
                        let id = memory.repetitions.first(key, since: limit) ?? fresh[key]
                    {
                        return Commitment.repetition(of: id)
                    }
                    let refreshes = try record.targets.map { target in
                        let waiting =
                            try requested[target] ?? memory.waiting.renewed(target, at: now)
                            ?? turn.request(target)
                        requested[target] = waiting
                        lastDue = max(lastDue, waiting.due)
                        return Refresh(target: target, token: waiting.token)
                    }
                    sequence = try turn.insert(record, refreshes)
                    if let key { fresh[key] = record.id }
                    return .accepted(refreshes)
                }
                return (commitments, wasIdle, lastDue)
            }
            memory.sequence = max(memory.sequence, sequence)
            for (key, id) in fresh { memory.repetitions.insert(key, id: id, received: now) }
            memory.repetitions.forget(before: limit)
            memory.waiting.insert(requested)
            return result
        }
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
