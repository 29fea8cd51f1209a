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
    private let one = ReceiverName(project: "a", name: "one")
    private let other = ReceiverName(project: "", name: "other")
    /// In the middle of an hour.
    private let now = Timestamp(microseconds: 500_000 * 3_600_000_000 + 1_800_000_000)

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        maintenance = OutboxMaintenance(outbox)
    }

    /// Writes down deliveries: how many got which answer, and how many hours ago.
    private func write(_ deliveries: [(ReceiverName, Activity.Answer, Int, hoursAgo: Int)]) throws {
        var activity = Activity()
        for (receiver, answer, number, hours) in deliveries {
            activity.count(answer, number, to: receiver, at: now - .seconds(hours * 3600))
        }
        try maintenance.write(activity, at: now)
    }

    @Test func `Each receiver has its hours, its last delivery and its last success`() throws {
        try write([
            (one, .accepted, 1, hoursAgo: 23), (one, .unauthorized, 2, hoursAgo: 1),
            (one, .malformed, 1, hoursAgo: 1),
            (one, .limited, 1, hoursAgo: 1), (one, .unavailable, 1, hoursAgo: 1),
        ])
        try write([(other, .accepted, 1, hoursAgo: 0), (one, .malformed, 1, hoursAgo: 0)])
        try write([(other, .accepted, 1, hoursAgo: 0)])
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
        try write([(one, .unauthorized, 1, hoursAgo: 0)])
        #expect(try outbox.activity(at: now)[one]?.lastSuccess == nil)
    }

    @Test func `Hours of two days are kept, and receivers for a year`() throws {
        func count(_ table: String) throws -> Int? {
            try outbox.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") }
        }
        // Also those that a clock counted which was ahead.
        try write(
            [24 * 400, 49, 48, 0, -24 * 30].map { (one, .accepted, 1, hoursAgo: $0) }
                + [(other, .accepted, 1, hoursAgo: 24 * 400)]
        )
        #expect(try count("activity") == 2)
        #expect(try count("receiver") == 1)
        #expect(try outbox.activity(at: now)[one]?.hours.map(\.accepted).reduce(0, +) == 1)
    }

    @Test func `Nothing is written where nothing came`() throws {
        try write([])
        #expect(folder.entries() == [])
    }
}
