// SPDX-License-Identifier: Apache-2.0

import Config
import GRDB
import Handlers
import Outbox
import POSIX
import TestSupport
import Testing

@testable import WebhookFCGI

@Suite struct ActivityMeterTests {
    private let now = Timestamp(microseconds: 500_000 * 3_600_000_000 + 1_800_000_000)

    @Test func `Each delivery is written down once, and later where it could not be`() throws {
        let folder = try TemporaryFolder()
        let outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        let maintenance = OutboxMaintenance(outbox)
        try outbox.checkWritable()
        let file = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite")
        let receiver = ReceiverCounters(
            Receiver(
                baseURL: try BaseURL("https://hooks.example.com"),
                project: "kargo-demo",
                name: "harbor",
                provider: .harbor,
                secret: try #require(Secret([1]))
            )
        )
        var meter = ActivityMeter()
        func tally() throws -> Activity.Tally? { try outbox.activity(at: now).values.first?.hours.last }

        receiver.count("PUSH_ARTIFACT", .accepted)
        receiver.count(nil, .unauthorized)
        try meter.write([receiver], to: maintenance, at: now)
        try meter.write([receiver], to: maintenance, at: now)
        #expect(try tally()?.accepted == 1)
        #expect(try tally()?.refused == 1)

        receiver.count("PUSH_ARTIFACT", .accepted)
        try file.write { try $0.execute(sql: "ALTER TABLE activity RENAME TO elsewhere") }
        #expect(throws: OutboxError.self) { try meter.write([receiver], to: maintenance, at: now) }
        try file.write { try $0.execute(sql: "ALTER TABLE elsewhere RENAME TO activity") }
        for outcome in DeliveryOutcome.allCases { receiver.count("PULL_ARTIFACT", outcome) }
        try meter.write([receiver], to: maintenance, at: now)
        let tally = try #require(try tally())
        #expect(tally.accepted == 2 + 5)
        #expect(tally.unauthorized == 2)
        #expect(tally.malformed == 3)
        #expect(tally.limited == 1)
        #expect(tally.unavailable == 1)
    }
}
