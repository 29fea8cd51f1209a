// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import NIOConcurrencyHelpers
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

/// Warehouses, and what catalogues show, wait apart.
@Suite struct LaneTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox
    private let warehouse = Target(namespace: "p", name: "w")

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
    }

    private func object(_ name: String, of receiver: String = "r") -> Target {
        Target(project: "p", receiver: receiver, object: name)
    }

    private func second(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }

    private func record(_ id: String, _ targets: [Target]) -> DeliveryRecord {
        DeliveryRecord.sample(id, at: second(0), to: targets, project: "p", provider: "catalogue")
    }

    @discardableResult
    private func deliver(_ targets: Target..., at time: Int64 = 0) throws -> Target.Lanes {
        try outbox.commit([record("\(targets) \(time)", targets)], at: second(time)).idle
    }

    private func due(
        _ lane: Target.Lane,
        at time: Int64,
        limit: Int = 10,
        without namespaces: Set<String> = []
    ) throws -> [Outbox.Due] {
        try outbox.due(at: second(time), limit: limit, excluding: [], andOf: namespaces, in: lane)
    }

    @Test func `What waits in one lane is nothing to the other`() throws {
        #expect(try deliver(object("a/b@sha256:1f"), object("a/b")) == [.warehouses, .catalogue])
        #expect(try deliver(warehouse) == .warehouses)
        #expect(try deliver(warehouse) == [])
        #expect(try deliver(object("a/b")) == [])
        #expect(try due(.warehouses, at: 1).map(\.refresh.target) == [warehouse])
        let objects = try due(.catalogue, at: 1)
        #expect(Set(objects.map(\.refresh.target)) == [object("a/b@sha256:1f"), object("a/b")])
        // A failure of the one is none of the other.
        try outbox.record(objects.map { ($0, .failed("why", after: .seconds(60))) }, at: second(1))
        #expect(try due(.catalogue, at: 2) == [] && outbox.nextDue(in: .catalogue) != nil)
        #expect(try outbox.backlog().failing == 0 && outbox.backlog(in: .catalogue).failing == 2)
        try outbox.record(due(.warehouses, at: 1).map { ($0, .delivered) }, at: second(1))
        #expect(try outbox.nextDue() == nil && outbox.backlog(in: .catalogue).pending == 2)
        #expect(try deliver(warehouse, at: 9) == .warehouses)
    }

    @Test func `A delivery's objects are known by their names, and what became of each`() throws {
        try deliver(object("a/b@sha256:1f"), object("a"), at: 1)
        let due = try due(.catalogue, at: 1)
        try outbox.record(
            due.map { ($0, $0.refresh.target.name == "a" ? .gone("no receiver") : .delivered) },
            at: second(1)
        )
        let goals = try #require(try outbox.deliveries(DeliveryFilter(), last: 1).first).goals
        #expect(goals.map(\.refresh.target) == [object("a/b@sha256:1f"), object("a")])
        #expect(goals.map(\.fate) == [.delivered, .gone("no receiver")])
    }

    @Test func `An operator sees both, and reaches each`() throws {
        try deliver(warehouse)
        try deliver(object("a"), object("b"), at: 1)
        #expect(try outbox.pending().map(\.target) == [warehouse, object("a"), object("b")])
        #expect(try outbox.pending(limit: 2).count == 2)
        #expect(try outbox.drop(object("a"), at: second(1)) && !outbox.drop(object("a"), at: second(1)))
        #expect(try !outbox.drop(Target(namespace: "p/r", name: "b"), at: second(1)))
        try outbox.record(
            due(.catalogue, at: 1).map { ($0, .failed("why", after: .seconds(60))) },
            at: second(1)
        )
        #expect(try outbox.retryAll(at: second(2)) == 1)
        #expect(try due(.catalogue, at: 2).map(\.refresh.target) == [object("b")])
        #expect(try outbox.retry(object("b"), at: second(2)))
    }

    @Test func `A receiver that is busy does not hide what is due of others`() throws {
        for number in 0..<50 { try deliver(object("\(number)")) }
        try deliver(object("x", of: "other"), at: 1)
        try deliver(object("y", of: "r2"), at: 1)
        #expect(try due(.catalogue, at: 1, limit: 10).allSatisfy { $0.refresh.target.namespace == "p/r" })
        let others = try due(.catalogue, at: 1, limit: 10, without: ["p/r"])
        #expect(others.map(\.refresh.target.namespace) == ["p/other", "p/r2"])
        #expect(try due(.catalogue, at: 1, limit: 10, without: ["p/r", "p/other", "p/r2"]) == [])
    }

    @Test func `However much waits of a receiver that is busy, what is due of others is found as soon`()
        throws
    {
        try deliver(object("x", of: "other"))
        func quickest() throws -> Duration {
            var quickest = Duration.seconds(60)
            for _ in 0..<20 {
                let started = ContinuousClock.now
                let found = try due(.catalogue, at: 1, without: ["p/r"])
                quickest = min(quickest, started.duration(to: .now))
                #expect(found.map(\.refresh.target) == [object("x", of: "other")])
            }
            return quickest
        }
        let alone = try quickest()
        try fill("p/r", 100_000)
        let beside = try quickest()
        #expect(beside < alone * 20, "\(alone), then \(beside)")
    }

    /// Has objects of a receiver wait that were due a moment ago.
    private func fill(_ receiver: String, _ count: Int) throws {
        try DatabaseQueue(path: "\(folder.path)/outbox.sqlite").write { database in
            try database.execute(
                sql: """
                    WITH RECURSIVE n(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM n WHERE n < ?)
                    INSERT INTO catalogue (namespace, name, token, state, requested, due)
                        SELECT ?, 'a/b@' || n, n, 0, n, n FROM n
                    """,
                arguments: [count, receiver]
            )
        }
    }

    @Test func `Of several receivers the one comes first of which something has waited longest`() throws {
        for (time, name) in [(3, "c"), (1, "b"), (2, "a"), (4, "b")] as [(Int64, String)] {
            try deliver(object("\(time)", of: name), at: time)
        }
        func names(_ limit: Int, at time: Int64 = 9, without namespaces: Set<String> = []) throws -> [String]
        {
            try due(.catalogue, at: time, limit: limit, without: namespaces).map(\.refresh.target.name)
        }
        #expect(try names(10) == ["1", "4", "2", "3"])
        #expect(try names(1) == ["1"] && names(3) == ["1", "4", "2"])
        #expect(try names(10, at: 3) == ["1", "2", "3"])
        #expect(try names(10, at: 3, without: ["p/b"]) == ["2", "3"])
        #expect(
            try outbox.due(
                at: second(9),
                limit: 2,
                excluding: [object("1", of: "b"), object("4", of: "b")],
                in: .catalogue
            ).map(\.refresh.target.name) == ["2", "3"]
        )
    }

    @Test func `What is due is found on another connection than the one that commits`() async throws {
        try deliver(object("a"))
        let (outbox, time) = (outbox, second(1))
        let count = try outbox.read { _ in
            let found = NIOLockedValueBox<Int?>(nil)
            Thread.detachNewThread {
                let due = try? outbox.due(at: time, limit: 10, excluding: [], in: .catalogue)
                found.withLockedValue { $0 = due?.count ?? -1 }
            }
            try eventually("an answer", within: .seconds(5)) { found.withLockedValue { $0 } != nil }
            return found.withLockedValue { $0 }
        }
        #expect(count == 1)
    }

    @Test func `Events of one object that has not begun share one look at it`() throws {
        outbox.setDelivering(true, at: second(0))
        for time in 0..<5 { try deliver(object("a"), at: Int64(time)) }
        // Whoever takes it may be another process than the one that refreshes Warehouses.
        let elsewhere = Outbox(existingIn: folder.path, for: .writing)
        #expect(
            try elsewhere.dueObjects(of: "p/r", at: second(5), limit: 9).map(\.refresh.token) == [second(4)]
        )
        let begun = try due(.catalogue, at: 5)
        #expect(begun.map(\.refresh.token) == [second(4)])
        // What comes now wants another, after this one.
        try deliver(object("a"), at: 6)
        try outbox.record(begun.map { ($0, .delivered) }, at: second(7))
        #expect(try due(.catalogue, at: 9).count == 1)
    }

    @Test(arguments: [true, false])
    func `What shows later is looked at when the last event about it is long enough ago`(
        _ delivers: Bool
    ) throws {
        if delivers { outbox.setDelivering(true, at: second(0)) }
        let later = Target(project: "p", receiver: "r", objectLater: "a/b")
        func look(_ time: Int64, meanwhile: () throws -> Void = {}) throws {
            #expect(try due(.catalogue, at: time - 1) == [])
            let begun = try due(.catalogue, at: time)
            #expect(begun.map(\.refresh.target) == [later])
            try meanwhile()
            try outbox.record(begun.map { ($0, .delivered) }, at: second(time))
        }
        try deliver(later, object("x"), at: 100)
        try deliver(later, at: 110)
        // The object itself waits for nothing, and is no reason to look at it later.
        try deliver(object("a/b"), at: 111)
        let begun = try due(.catalogue, at: 111)
        #expect(begun.map(\.refresh.target) == [object("x"), object("a/b")])
        try outbox.record(begun.map { ($0, .delivered) }, at: second(111))
        try look(115)
        try look(125) { try deliver(later, at: 125) }
        try look(140)
        #expect(try outbox.nextDue(in: .catalogue) == nil)
        let fates = try outbox.deliveries(DeliveryFilter(), last: 10).flatMap(\.goals).map(\.fate)
        #expect(fates.allSatisfy { $0 == .delivered })
        // What waits for its time keeps nobody from being told at once, and has nobody wait for it.
        try deliver(later, at: 200)
        let commit = try outbox.commit([record("1", [object("y"), later])], at: second(201))
        #expect(commit.idle.contains(.catalogue) && commit.due == second(201))
        #expect(try deliver(object("z"), at: 202) == .warehouses)
    }

    @Test func `Events of a clock that was set back are no reason to look again and again`() throws {
        let later = Target(project: "p", receiver: "r", objectLater: "a/b")
        try deliver(later, at: 100_000)
        try deliver(later, at: 100)
        try outbox.followClock(setBackBy: .seconds(99_900), at: second(100), in: .catalogue)
        let begun = try due(.catalogue, at: 115)
        try outbox.record(begun.map { ($0, .delivered) }, at: second(115))
        #expect(try begun.count == 1 && outbox.nextDue(in: .catalogue) == nil)
    }

    @Test func `What has long been finished is forgotten`() throws {
        try deliver(warehouse, object("a"))
        try outbox.record(due(.catalogue, at: 0).map { ($0, .delivered) }, at: second(0))
        let maintenance = OutboxMaintenance(outbox)
        while try maintenance.cleanUp(at: second(30 * 86_400)) {}
        let count = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite").read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM catalogue")
        }
        #expect(count == 0)
        #expect(try outbox.pending().map(\.target) == [warehouse])
    }

    /// A process of version 4 may share the file until it ends.
    @Test func `Whoever knows Warehouses only never finds an object`() throws {
        try deliver(object("a"), object("a/b"))
        let count = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite").read {
            try Int.fetchOne($0, sql: "SELECT count(*) FROM refresh")
        }
        #expect(count == 0)
    }
}
