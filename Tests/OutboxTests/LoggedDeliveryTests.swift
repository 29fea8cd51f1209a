// SPDX-License-Identifier: Apache-2.0

import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

@Suite struct LoggedDeliveryTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox
    private let target = Target(namespace: "a", name: "w")

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings(minimumInterval: .zero)) { _ in }
    }

    private func record(_ id: String, at time: Int64) -> DeliveryRecord {
        DeliveryRecord.sample(
            id,
            at: Timestamp(microseconds: time),
            to: [target],
            decision: #"{"targets":["a/w"]}"#,
            body: Array("{}".utf8),
            duration: .microseconds(42)
        )
    }

    private func push(_ id: String, at time: Int64) throws {
        _ = try outbox.commit([record(id, at: time)], at: Timestamp(microseconds: time))
    }

    private func attempt(_ outcome: Outcome, at time: Int64) throws {
        let due = try outbox.due(at: Timestamp(microseconds: time), limit: 10, excluding: [])
        #expect(due.count == 1)
        try outbox.record(due.map { ($0, outcome) }, at: Timestamp(microseconds: time))
    }

    private func fate(of id: String) throws -> LoggedDelivery.Fate? {
        try outbox.delivery(id)?.goals.first?.fate
    }

    @Test func `The log has a delivery with all there is to know of it`() throws {
        try push("1", at: 1_000)
        let delivery = try #require(try outbox.delivery("1"))
        #expect(delivery.record == record("1", at: 1_000) && delivery.bodyState == .whole)
        #expect(delivery.goals.map(\.refresh.target) == [target])
        let unknown = try outbox.delivery("2")
        #expect(unknown == nil)
    }

    @Test func `It says what has become of every target, also when a later delivery took it along`() throws {
        try push("1", at: 1_000)
        #expect(try fate(of: "1") == .pending(attempts: 0, lastError: nil))
        try attempt(.failed("busy"), at: 1_000)
        #expect(try fate(of: "1") == .pending(attempts: 1, lastError: "busy"))
        try push("2", at: 2_000)
        let later: Int64 = 3_600_000_000
        try attempt(.delivered, at: later)
        #expect(try fate(of: "1") == .delivered)
        #expect(try fate(of: "2") == .delivered)
        // What comes after it is another matter.
        try push("3", at: later + 1)
        #expect(try fate(of: "2") == .delivered)
        #expect(try fate(of: "3") == .pending(attempts: 0, lastError: nil))
        try attempt(.gone("it does not exist"), at: later + 2)
        #expect(try fate(of: "3") == .gone("it does not exist"))
        #expect(try fate(of: "2") == .delivered)
    }

    @Test func `A page of the log goes on where the one before ended, and reads no more than it may`() throws
    {
        for index in 1...10 { try push("\(index)", at: Int64(index) * 1_000) }
        func page(
            _ filter: DeliveryFilter,
            before end: Int64?,
            reach: Int = 100
        ) throws -> (ids: [String], next: Int64?) {
            let page = try outbox.deliveries(filter, before: end, limit: 4, reach: reach)
            return (page.deliveries.map(\.record.id), page.next)
        }
        let first = try page(DeliveryFilter(), before: nil)
        #expect(first.ids == ["10", "9", "8", "7"])
        let second = try page(DeliveryFilter(), before: first.next)
        #expect(second.ids == ["6", "5", "4", "3"])
        let last = try page(DeliveryFilter(), before: second.next)
        #expect(last.ids == ["2", "1"] && last.next == nil)
        let beyond = try page(DeliveryFilter(), before: -5)
        #expect(beyond.ids.isEmpty && beyond.next == nil)

        var filter = DeliveryFilter()
        filter.since = Timestamp(microseconds: 9_000)
        let recent = try page(filter, before: .max)
        #expect(recent.ids == ["10", "9"] && recent.next == nil)
        filter = DeliveryFilter()
        filter.statuses = [500]
        let none = try page(filter, before: nil, reach: 6)
        #expect(none.ids.isEmpty && none.next == 5)
        let rest = try page(filter, before: none.next, reach: 6)
        #expect(rest.ids.isEmpty && rest.next == nil)
    }

    @Test func `A page of an empty log is empty`() throws {
        let page = try outbox.deliveries(DeliveryFilter(), before: nil, limit: 4, reach: 100)
        #expect(page.deliveries.isEmpty && page.next == nil)
    }
}
