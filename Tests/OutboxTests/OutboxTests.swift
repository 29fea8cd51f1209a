// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

@Suite(.threadsOfTheirOwn) struct OutboxTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox
    private let warehouse = Target(namespace: "a", name: "w")

    init() throws {
        folder = try TemporaryFolder()
        outbox = Self.open(folder)
    }

    private static func open(
        _ folder: TemporaryFolder,
        _ settings: OutboxSettings = OutboxSettings()
    ) -> Outbox {
        Outbox(directory: folder.path, settings: settings) { _ in }
    }

    private static func record(
        _ id: String,
        _ targets: [Target],
        key: String? = nil,
        received time: Double = 0
    ) -> DeliveryRecord {
        DeliveryRecord.sample(
            id,
            at: second(time),
            to: targets,
            event: "PUSH_ARTIFACT",
            body: Array("{}".utf8),
            repetitionKey: key.map { Array($0.utf8) }
        )
    }

    /// Commits one delivery at `time` and returns its refreshes.
    @discardableResult
    private func push(_ id: String, to targets: [Target], at time: Double = 0) throws -> [Refresh] {
        let (commitments, _, _) = try outbox.commit([Self.record(id, targets)], at: second(time))
        guard case .accepted(let refreshes) = commitments.first else { return [] }
        return refreshes
    }

    private func due(at time: Double, excluding targets: Set<Target> = []) throws -> [Outbox.Due] {
        try outbox.due(at: second(time), limit: 100, excluding: targets)
    }

    @Test func `What waits is counted, with the reason why the first of it failed`() throws {
        let maintenance = OutboxMaintenance(outbox)
        #expect(try maintenance.backlog() == Backlog(pending: 0, oldest: nil, failing: 0, failure: nil))
        let targets = ["x", "y", "z"].map { Target(namespace: "a", name: $0) }
        for (index, target) in targets.enumerated() { try push(target.name, to: [target], at: Double(index)) }
        let due = try due(at: 2)
        let outcomes: [Outcome] = [.delivered, .failed("why", after: nil), .failed("later", after: nil)]
        try outbox.record(Array(zip(due, outcomes)).map { ($0, $1) }, at: second(3))
        let backlog = Backlog(pending: 2, oldest: second(1), failing: 2, failure: "why")
        #expect(try maintenance.backlog() == backlog)
    }

    @Test func `A delivery's refresh is due at once, and no more once it is delivered`() throws {
        let refreshes = try push("1", to: [warehouse])
        #expect(refreshes == [Refresh(target: warehouse, token: second(0))])
        let due = try due(at: 0)
        #expect(due.map(\.refresh) == refreshes)
        #expect(try outbox.settled(refreshes) == [])
        try outbox.record(due.map { ($0, .delivered) }, at: second(0.1))
        #expect(try self.due(at: 1_000) == [])
        #expect(try outbox.nextDue() == nil)
        #expect(try outbox.settled(refreshes) == Set(refreshes))
    }

    @Test func `There is one pending refresh of a target, with the last token`() throws {
        try push("1", to: [warehouse], at: 0)
        try push("2", to: [warehouse, Target(namespace: "a", name: "x")], at: 1)
        let last = try push("3", to: [warehouse], at: 2)
        #expect(try due(at: 2).filter { $0.refresh.target == warehouse }.map(\.refresh) == last)
        #expect(try due(at: 2).count == 2)
    }

    @Test func `Deliveries of one turn share a token`() throws {
        let records = (0..<3).map { Self.record("\($0)", [warehouse]) }
        let (commitments, idle, _) = try outbox.commit(records, at: second(0))
        #expect(idle == .warehouses)
        #expect(commitments == Array(repeating: commitments[0], count: 3))
        let (_, later, _) = try outbox.commit([Self.record("4", [])], at: second(0))
        #expect(later == [])
    }

    @Test func `Tokens increase when the clock steps back, also across a restart`() throws {
        let tokens = try [5.0, 5.0, 4.0, 9.0].map { time in
            let (commitments, _, _) = try Self.open(folder)
                .commit([Self.record(UUID().uuidString, [warehouse])], at: second(time))
            guard case .accepted(let refreshes) = commitments.first else { return Timestamp(microseconds: 0) }
            return refreshes[0].token
        }
        let first = second(5).microseconds
        #expect(tokens.map { $0.microseconds - first } == [0, 1, 2, 4_000_000])
    }

    @Test(arguments: ["9223372036854775807", "9223372036854775806", "9.3e18"])
    func `A token that damage has left, without a successor, does no harm`(_ token: String) throws {
        for state in RefreshState.allCases {
            try push("\(state)", to: [warehouse])
            try outbox.write {
                try $0.execute(
                    sql: """
                        UPDATE refresh SET token = \(token), finished = \(token), state = \(state.rawValue)
                        """
                )
            }
            _ = try due(at: 1)
            let refreshes = try push("\(state) 1", to: [warehouse], at: 2)
            let next = try push("\(state) 2", to: [warehouse], at: 10)
            #expect(try due(at: 10).map(\.refresh) == next)
            #expect(next != refreshes)
            try outbox.record(due(at: 10).map { ($0, .delivered) }, at: second(10))
            #expect(try due(at: 10).isEmpty)
        }
    }

    @Test func `An event during a refresh leads to another one after it`() throws {
        try push("1", to: [warehouse], at: 0)
        let underWay = try due(at: 0)
        let later = try push("2", to: [warehouse], at: 0.5)
        #expect(try due(at: 0.5, excluding: [warehouse]) == [])
        try outbox.record(underWay.map { ($0, .delivered) }, at: second(0.6))
        // Still pending, but not before the interval has passed.
        #expect(try due(at: 1.5) == [])
        #expect(try due(at: 1.7).map(\.refresh) == later)
    }

    @Test func `A target is refreshed at most once in the interval, and after the last event`() throws {
        try push("1", to: [warehouse], at: 0)
        try outbox.record(due(at: 0).map { ($0, .delivered) }, at: second(0.1))
        let (_, _, dueAt) = try outbox.commit([Self.record("2", [warehouse])], at: second(0.2))
        #expect(dueAt == second(1.1))
        let last = try push("3", to: [warehouse], at: 0.9)
        #expect(try due(at: 1) == [])
        #expect(try outbox.nextDue() == second(1.1))
        #expect(try due(at: 1.1).map(\.refresh) == last)
    }

    @Test func `Without an interval nothing waits`() throws {
        outbox.apply(OutboxSettings(minimumInterval: .zero))
        try push("1", to: [warehouse], at: 0)
        try outbox.record(due(at: 0).map { ($0, .delivered) }, at: second(0.1))
        try push("2", to: [warehouse], at: 0.2)
        #expect(try due(at: 0.2).count == 1)
    }

    @Test func `A failed attempt is tried again later, and longer later each time`() throws {
        try push("1", to: [warehouse], at: 0)
        var time = 0.0
        for attempt in 1...4 {
            let due = try due(at: time)
            #expect(due.map(\.attempts) == [attempt - 1])
            try outbox.record(due.map { ($0, .failed("no route")) }, at: second(time))
            #expect(try self.due(at: time) == [])
            time += 300
        }
    }

    @Test func `A sink that asks to wait is given that time`() throws {
        try push("1", to: [warehouse], at: 0)
        let due = try due(at: 0)
        try outbox.record(due.map { ($0, .failed("busy", after: .seconds(200))) }, at: second(0))
        #expect(try self.due(at: 199) == [])
        #expect(try self.due(at: 200).count == 1)
        // A new event does not make it forget.
        try push("2", to: [warehouse], at: 1)
        #expect(try self.due(at: 199) == [])
    }

    @Test func `When the clock has been set back, a new event brings a refresh near again`() throws {
        try push("1", to: [warehouse], at: 7200)
        let (_, _, dueAt) = try outbox.commit([Self.record("2", [warehouse])], at: second(0))
        #expect(dueAt == second(601))
        #expect(try due(at: 600).isEmpty)
        #expect(try due(at: 601).count == 1)
    }

    @Test func `When the clock has been set back, what is pending follows it`() throws {
        try push("1", to: [warehouse], at: 7200)
        try outbox.record(due(at: 7200).map { ($0, .delivered) }, at: second(7200))
        try push("2", to: [warehouse], at: 7200)
        #expect(try due(at: 3600).isEmpty)
        try outbox.followClock(setBackBy: .seconds(3600), at: second(3600))
        #expect(try due(at: 3600).isEmpty)
        #expect(try due(at: 3601).count == 1)
    }

    @Test func `A clock that was set back before the start leaves nothing pending for longer than any wait`()
        throws
    {
        try push("1", to: [warehouse], at: 7200)
        try outbox.followClock(setBackBy: .zero, at: second(7000))
        #expect(try due(at: 7199).isEmpty)
        try outbox.followClock(setBackBy: .zero, at: second(0))
        #expect(try due(at: 600).isEmpty)
        #expect(try due(at: 601).count == 1)
    }

    @Test func `A target that is gone is not tried again until the next event`() throws {
        let refreshes = try push("1", to: [warehouse], at: 0)
        try outbox.record(due(at: 0).map { ($0, .gone("404")) }, at: second(0))
        #expect(try due(at: 1_000) == [])
        #expect(try outbox.settled(refreshes) == [])
        try push("2", to: [warehouse], at: 2_000)
        #expect(try due(at: 2_000).count == 1)
    }

    @Test func `The longest waiting come first`() throws {
        for (index, name) in ["c", "a", "b"].enumerated() {
            try push(name, to: [Target(namespace: "a", name: name)], at: Double(index))
        }
        #expect(
            try outbox.due(at: second(9), limit: 2, excluding: []).map(\.refresh.target.name) == [
                "c", "a",
            ]
        )
    }
}

extension OutboxTests {
    private static func id(_ number: Int) -> String { "0196e2f1-0000-7000-8000-00000000000\(number)" }

    /// Commits a delivery with a repetition key to `outbox`.
    private func deliver(
        _ number: Int,
        _ key: String,
        at time: Double,
        to outbox: Outbox? = nil
    ) throws
        -> Outbox.Commitment?
    {
        let record = Self.record(Self.id(number), [warehouse], key: key)
        return try (outbox ?? self.outbox).commit([record], at: second(time)).commitments.first
    }

    @Test func `A repetition is recognised within the window, and changes nothing`() throws {
        _ = try deliver(1, "k", at: 0)
        let token = try due(at: 0)
        #expect(try deliver(2, "k", at: 599) == .repetition(of: Self.id(1)))
        #expect(try due(at: 599) == token)
        guard case .accepted = try deliver(3, "other", at: 599) else {
            Issue.record("another delivery was taken for a repetition")
            return
        }
        guard case .accepted = try deliver(4, "k", at: 601) else {
            Issue.record("recognised for too long")
            return
        }
    }

    @Test func `A repetition in the same turn is one, too`() throws {
        let records = [
            Self.record(Self.id(1), [warehouse], key: "k"), Self.record(Self.id(2), [warehouse], key: "k"),
        ]
        #expect(
            try outbox.commit(records, at: second(0)).commitments.last == .repetition(of: Self.id(1))
        )
    }

    @Test func `A repetition is recognised by another process and after a restart`() throws {
        let other = Self.open(folder)
        _ = try deliver(1, "k", at: 0)
        #expect(try deliver(2, "k", at: 1, to: other) == .repetition(of: Self.id(1)))
        _ = try deliver(3, "l", at: 2, to: other)
        #expect(try deliver(4, "l", at: 3) == .repetition(of: Self.id(3)))
        #expect(try deliver(5, "l", at: 4, to: Self.open(folder)) == .repetition(of: Self.id(3)))
    }

    @Test func `After a restart only the end of a long log is read, and repetitions in it are recognised`()
        throws
    {
        for turn in 0..<30 {
            let records = (0..<100).map {
                let number = turn * 100 + $0
                let digits = String(number + 100_000)
                return Self.record(
                    "0196e2f1-0000-7000-8000-000000\(digits)",
                    [warehouse],
                    key: "\(number), filled up to 16 bytes",
                    received: Double(number)
                )
            }
            _ = try outbox.commit(records, at: second(Double(turn * 100)))
        }
        try OutboxMaintenance(outbox).feed(at: second(3_000), isEnd: true)
        let restarted = Self.open(folder)
        let kept = Self.record(Self.id(1), [warehouse], key: "2500, filled up to 16 bytes")
        let forgotten = Self.record(Self.id(2), [warehouse], key: "2300, filled up to 16 bytes")
        let (commitments, _, _) = try restarted.commit([kept, forgotten], at: second(3_000))
        #expect(commitments.first == .repetition(of: "0196e2f1-0000-7000-8000-000000102500"))
        #expect(commitments.last != .repetition(of: "0196e2f1-0000-7000-8000-000000102300"))
    }
}
