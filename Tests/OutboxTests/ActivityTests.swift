// SPDX-License-Identifier: Apache-2.0

import GRDB
import POSIX
import TestSupport
import Testing

@testable import Outbox

@Suite struct ActivityTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox
    private let maintenance: OutboxMaintenance
    private let meter = ActivityMeter()
    private let one = ReceiverName(project: "a", name: "one")
    private let other = ReceiverName(project: "", name: "other")
    /// In the middle of an hour.
    private let now = Timestamp(microseconds: 500_000 * 3_600_000_000 + 1_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        maintenance = OutboxMaintenance(outbox)
    }

    private func count(_ answer: Activity.Answer, to receiver: ReceiverName, hoursAgo hours: Int = 0) {
        meter.update { $0.count(answer, to: receiver, at: now - .seconds(hours * 3600)) }
    }

    @Test func `Each receiver has its hours, its last delivery and its last success`() throws {
        count(.accepted, to: one, hoursAgo: 23)
        for answer in [Activity.Answer.unauthorized, .malformed, .limited, .unavailable, .unauthorized] {
            count(answer, to: one, hoursAgo: 1)
        }
        try maintenance.write(meter, at: now)
        count(.accepted, to: other)
        count(.accepted, to: other)
        count(.malformed, to: one)
        try maintenance.write(meter, at: now)
        let activity = try outbox.activity(at: now)
        let first = try #require(activity[one])
        #expect(first.lastDelivery == now && first.lastSuccess == now - .seconds(23 * 3600))
        #expect(first.hours.count == 24)
        #expect(first.hours[0].accepted == 1 && first.hours[23].malformed == 1)
        #expect(first.hours[22].unauthorized == 2 && first.hours[22].refused == 5)
        #expect(first.failures == 6)
        let second = try #require(activity[other])
        #expect(second.hours[23].accepted == 2 && second.failures == 0 && second.lastSuccess == now)
    }

    @Test func `A receiver that nothing was accepted from has no last success`() throws {
        count(.unauthorized, to: one)
        try maintenance.write(meter, at: now)
        #expect(try outbox.activity(at: now)[one]?.lastSuccess == nil)
    }

    @Test func `What cannot be written is written later`() throws {
        try outbox.checkWritable()
        count(.accepted, to: one, hoursAgo: 1)
        try outbox.write { try $0.execute(sql: "ALTER TABLE activity RENAME TO elsewhere") }
        #expect(throws: OutboxError.self) { try maintenance.write(meter, at: now) }
        count(.malformed, to: one)
        try outbox.write { try $0.execute(sql: "ALTER TABLE elsewhere RENAME TO activity") }
        try maintenance.write(meter, at: now)
        let activity = try #require(try outbox.activity(at: now)[one])
        #expect(activity.hours[22].accepted == 1 && activity.hours[23].malformed == 1)
        #expect(activity.lastDelivery == now && activity.lastSuccess == now - .seconds(3600))
    }

    @Test func `Hours of two days are kept, and receivers for a year`() throws {
        func count(_ table: String) throws -> Int? {
            try outbox.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
        }
        // Also those that a clock counted which was ahead.
        for hours in [24 * 400, 49, 48, 0, -24 * 30] { self.count(.accepted, to: one, hoursAgo: hours) }
        self.count(.accepted, to: other, hoursAgo: 24 * 400)
        try maintenance.write(meter, at: now)
        #expect(try count("activity") == 2)
        #expect(try count("receiver") == 1)
        #expect(try outbox.activity(at: now)[one]?.hours.map(\.accepted).reduce(0, +) == 1)
    }

    @Test func `Nothing is written where nothing came`() throws {
        try maintenance.write(meter, at: now)
        #expect(folder.entries() == [])
    }
}
