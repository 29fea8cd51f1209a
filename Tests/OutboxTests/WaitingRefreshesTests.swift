// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

/// What an outbox remembers of its refreshes while the deliverer is in the same process.
@Suite(.threadsOfTheirOwn) struct WaitingRefreshesTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox
    private let warehouse = Target(namespace: "a", name: "w")

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        outbox.setDelivering(true, at: second(-1))
    }

    /// Commits a delivery and returns the token of its refresh.
    private func push(_ id: Int, at time: Double, in outbox: Outbox? = nil) throws -> Timestamp? {
        let record = DeliveryRecord.sample(String(id), at: second(time), to: [warehouse])
        let (commitments, _, _) = try (outbox ?? self.outbox).commit([record], at: second(time))
        guard case .accepted(let refreshes) = commitments.first else { return nil }
        return refreshes.first?.token
    }

    private func due(at time: Double) throws -> [Outbox.Due] {
        try outbox.due(at: second(time), limit: 10, excluding: [])
    }

    /// What the file has, whatever the outbox remembers.
    private func storedToken() throws -> Timestamp? {
        try DatabaseQueue(path: "\(folder.path)/outbox.sqlite").read { database in
            try Int64.fetchOne(database, sql: "SELECT token FROM refresh").map(Timestamp.init(microseconds:))
        }
    }

    @Test func `Events before a refresh begins share it, and it has the token of the last`() throws {
        #expect(try push(1, at: 0) == second(0))
        #expect(try push(2, at: 1) == second(1))
        // The clock may stand still.
        #expect(try push(3, at: 1) == second(1) + .microseconds(1))
        #expect(try storedToken() == second(0))
        let begun = try due(at: 1)
        #expect(begun.map(\.refresh.token) == [second(1) + .microseconds(1)])
        #expect(try storedToken() == begun.first?.refresh.token)
        try outbox.record(begun.map { ($0, .delivered) }, at: second(2))
        #expect(try due(at: 10) == [])
        for id in 1...3 { #expect(try outbox.delivery(String(id))?.goals.map(\.fate) == [.delivered]) }
    }

    @Test func `An event after a refresh has begun gets one that begins after it`() throws {
        _ = try push(1, at: 0)
        let begun = try due(at: 1)
        let later = try push(2, at: 2)
        #expect(later == second(2))
        let third = try push(3, at: 3)
        try outbox.record(begun.map { ($0, .delivered) }, at: second(4))
        #expect(third == second(3))
        let next = try due(at: 10)
        #expect(next.map(\.refresh.token) == [second(3)])
    }

    @Test func `A refresh of a single event keeps its token`() throws {
        let token = try push(1, at: 0)
        #expect(try due(at: 1).map(\.refresh.token) == [token].compactMap(\.self))
    }

    @Test func `What a process before this one may have known is newer than all of it`() throws {
        _ = try push(1, at: 0)
        _ = try push(2, at: 1)
        let next = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        next.setDelivering(true, at: second(2))
        let due = try next.due(at: second(2), limit: 10, excluding: [])
        #expect(due.map(\.refresh.token) == [second(2)])
        #expect(try storedToken() == second(2))
    }

    @Test func `What changes while it begins is left for the next time`() throws {
        _ = try push(1, at: 0)
        _ = try push(2, at: 1)
        // Another process, between the look and the beginning.
        let file = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite")
        try file.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER elsewhere BEFORE UPDATE OF token ON refresh WHEN OLD.token = \(second(0).microseconds)
                    BEGIN SELECT RAISE(IGNORE); END
                    """
            )
        }
        #expect(try due(at: 2) == [])
        try file.write { try $0.execute(sql: "DROP TRIGGER elsewhere") }
        // What was known of it is not any more.
        #expect(try due(at: 3).map(\.refresh.token) == [second(3)])
    }

    @Test func `An event after a refresh has arrived gets another one`() throws {
        _ = try push(1, at: 0)
        try outbox.record(try due(at: 1).map { ($0, .delivered) }, at: second(1))
        #expect(try push(2, at: 2) == second(2))
        #expect(try due(at: 3).map(\.refresh.token) == [second(2)])
    }

    @Test func `An event after a refresh has failed gets one that begins after it`() throws {
        _ = try push(1, at: 0)
        let failed = try due(at: 1)
        try outbox.record(failed.map { ($0, .failed("away")) }, at: second(1))
        #expect(try push(2, at: 2) == second(2))
        #expect(try storedToken() == second(2))
    }

    @Test func `What another connection has changed is asked for again`() throws {
        _ = try push(1, at: 0)
        try DatabaseQueue(path: "\(folder.path)/outbox.sqlite").write { database in
            try database.execute(sql: "UPDATE refresh SET state = 2")
        }
        #expect(try push(2, at: 1) == second(1))
        #expect(try due(at: 2).map(\.refresh.token) == [second(1)])
    }

    @Test func `What another process has committed has the greater token`() throws {
        let other = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        _ = try push(1, at: 0)
        #expect(try push(2, at: 1, in: other) == second(1))
        #expect(try push(3, at: 2) == second(2))
        // Nor less, should the clock be behind.
        #expect(try push(4, at: 1, in: other) == second(1) + .microseconds(1))
        #expect(try push(5, at: 0) == second(2) + .microseconds(1))
        #expect(try due(at: 3).map(\.refresh.token) == [second(2) + .microseconds(1)])
    }

    @Test func `Without the deliverer every event gets a token of its own`() throws {
        _ = try push(1, at: 0)
        outbox.setDelivering(false, at: second(1))
        #expect(try push(2, at: 1) == second(1))
        outbox.setDelivering(true, at: second(1))
        #expect(try storedToken() == second(1))
        #expect(try push(3, at: 2) == second(2))
        #expect(try storedToken() == second(2))
    }

    @Test func `A transaction that fails leaves nothing to remember`() throws {
        let first = try push(1, at: 0)
        let file = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite")
        try file.write { try $0.execute(sql: "ALTER TABLE refresh RENAME TO away") }
        #expect(throws: OutboxError.self) { try push(2, at: 1) }
        try file.write { try $0.execute(sql: "ALTER TABLE away RENAME TO refresh; DELETE FROM refresh") }
        #expect(try push(3, at: 2) == second(2))
        #expect(try storedToken() == second(2))
        #expect(first == second(0))
    }

    @Test func `A file that takes the place of another one is asked`() throws {
        _ = try push(1, at: 0)
        for ending in ["", "-wal", "-shm"] {
            try? FileManager.default.removeItem(atPath: "\(folder.path)/outbox.sqlite\(ending)")
        }
        #expect(try push(2, at: 1) == second(1))
        #expect(try storedToken() == second(1))
    }

    @Test func `A clock that is set back gives what waits another time`() throws {
        _ = try push(1, at: 10_000)
        try outbox.followClock(setBackBy: .seconds(10_000), at: second(0))
        let token = try push(2, at: 1)
        // Greater than before, though the clock is not.
        #expect(token == second(10_000) + .microseconds(1))
        #expect(try due(at: 1).map(\.refresh.token) == [token].compactMap(\.self))
    }
}
