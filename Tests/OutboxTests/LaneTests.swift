// SPDX-License-Identifier: Apache-2.0

import GRDB
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
        DeliveryRecord(
            id: id,
            received: second(0),
            project: "p",
            receiver: "r",
            provider: "catalogue",
            event: nil,
            status: 202,
            decision: "{}",
            body: [],
            repetitionKey: nil,
            targets: targets
        )
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

    @Test func `Events of one object that has not begun share one look at it`() throws {
        outbox.setDelivering(true, at: second(0))
        for time in 0..<5 { try deliver(object("a"), at: Int64(time)) }
        let begun = try due(.catalogue, at: 5)
        #expect(begun.map(\.refresh.token) == [second(4)])
        // What comes now wants another, after this one.
        try deliver(object("a"), at: 6)
        try outbox.record(begun.map { ($0, .delivered) }, at: second(7))
        #expect(try due(.catalogue, at: 9).count == 1)
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
