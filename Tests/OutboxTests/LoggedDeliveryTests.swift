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
        DeliveryRecord(
            id: id,
            received: Timestamp(microseconds: time),
            project: "a",
            receiver: "r",
            provider: "harbor",
            event: nil,
            status: 202,
            decision: #"{"targets":["a/w"]}"#,
            body: Array("{}".utf8),
            repetitionKey: nil,
            targets: [target],
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
}
