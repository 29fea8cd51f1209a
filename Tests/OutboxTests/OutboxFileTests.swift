// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import NIOConcurrencyHelpers
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

@Suite(.threadsOfTheirOwn) struct OutboxFileTests {
    private let folder: TemporaryFolder
    private let reports = NIOLockedValueBox<[String]>([])

    init() throws { folder = try TemporaryFolder() }

    private func open(_ settings: OutboxSettings = OutboxSettings()) -> Outbox {
        Outbox(directory: folder.path, settings: settings) { [reports] text in
            reports.withLockedValue { $0.append(text) }
        }
    }

    private func record(
        _ id: String,
        body: [UInt8] = [],
        repetitionKey: [UInt8]? = nil,
        at time: Timestamp = .now()
    ) -> DeliveryRecord {
        DeliveryRecord.sample(
            id,
            at: time,
            to: [Target(namespace: "a", name: id)],
            body: body,
            repetitionKey: repetitionKey
        )
    }

    private func push(
        _ id: String,
        _ outbox: Outbox,
        body: [UInt8] = [],
        at time: Timestamp = .now()
    ) throws {
        _ = try outbox.commit([record(id, body: body, at: time)], at: time)
    }

    private func count(_ table: String, _ outbox: Outbox) throws -> Int {
        try outbox.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM \(table)") } ?? 0
    }

    @Test func `Nobody else can read what is in it`() throws {
        let outbox = open()
        try push("1", outbox)
        for name in ["outbox.sqlite", "outbox.sqlite-wal", "outbox.sqlite-shm"] {
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder.path)/\(name)")
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(name)")
        }
        withExtendedLifetime(outbox) {}
    }

    @Test func `It commits durably and leaves checkpoints to others`() throws {
        let outbox = open()
        try push("1", outbox)
        let pragmas = try outbox.read { database in
            try ["journal_mode", "synchronous", "wal_autocheckpoint", "secure_delete"].map {
                try String.fetchOne(database, sql: "PRAGMA \($0)")
            }
        }
        #expect(pragmas == ["wal", "2", "0", "2"])
        let maintenance = OutboxMaintenance(outbox)
        try maintenance.checkpoint()
        #expect(try count("delivery", outbox) == 1)
    }

    @Test func `SQLite's log begins anew when it has become long, while deliveries are committed`() throws {
        let outbox = open()
        let maintenance = OutboxMaintenance(outbox)
        let log = "\(folder.path)/outbox.sqlite-wal"
        let body = [UInt8](repeating: 7, count: 200_000)
        let start = Timestamp.now()
        for index in 0..<120 {
            // However fast the machine is, this is no rush.
            try push("\(index)", outbox, body: body, at: start + .seconds(index))
            try maintenance.checkpoint()
            let size = try #require(FileManager.default.attributesOfItem(atPath: log)[.size] as? Int)
            #expect(size < 18 << 20)
        }
        #expect(try count("delivery", outbox) == 120)
    }

    @Test func `Of a large body the beginning is kept`() throws {
        let outbox = open()
        try push("1", outbox, body: [UInt8](repeating: 7, count: 1_000_000))
        #expect(try outbox.read { try Int.fetchOne($0, sql: "SELECT length(body) FROM delivery") } == 262_144)
    }

    @Test func `A delivery is in the log as it was, whatever is empty, long or not ASCII`() throws {
        let outbox = open()
        let decision = String(repeating: "ü", count: 100_000)
        let record = DeliveryRecord(
            id: "1",
            received: Timestamp(microseconds: 7),
            project: "",
            receiver: "r\u{1F600}",
            provider: "harbor",
            event: nil,
            status: 202,
            decision: decision,
            body: [0, 255, 0],
            repetitionKey: [1, 0, 2],
            targets: [Target(namespace: "a", name: "w"), Target(namespace: "b", name: "x")],
            headers: "x-name: ü\n",
            redeliveryOf: "0"
        )
        _ = try outbox.commit([record], at: Timestamp(microseconds: 9))
        let row = try #require(try outbox.read { try Row.fetchOne($0, sql: "SELECT * FROM delivery") })
        let expected: Row = [
            "sequence": 1, "id": "1", "received": 7, "project": "", "receiver": "r\u{1F600}",
            "provider": "harbor", "event": nil, "status": 202, "decision": decision,
            "targets": "a/w 9\nb/x 9", "repetitionKey": Data([1, 0, 2]), "duration": 0,
            "headers": "x-name: ü\n", "redeliveryOf": "0", "bodySize": 3, "body": Data([0, 255, 0]),
        ]
        #expect(row == expected)
    }

    @Test func `A disk that is full is an error of the moment, and loses nothing`() throws {
        let outbox = open()
        let body = [UInt8](repeating: 7, count: 10_000)
        try push("0", outbox, body: body)
        try outbox.write { try $0.execute(sql: "PRAGMA max_page_count = 30") }
        var kept = 1
        #expect {
            while kept < 100 {
                try push("\(kept)", outbox, body: body)
                kept += 1
            }
        } throws: {
            ($0 as? OutboxError)?.code == .unavailable
        }
        #expect(try count("delivery", outbox) == kept)
        #expect(try count("refresh", outbox) == kept)
        try outbox.write { try $0.execute(sql: "PRAGMA max_page_count = 3000") }
        try push("later", outbox, body: body)
        #expect(try count("delivery", outbox) == kept + 1)
    }

    @Test func `A page that is damaged is found when a delivery comes to it`() throws {
        let outbox = open()
        for index in 0..<200 { try push("\(index)", outbox, body: [UInt8](repeating: 7, count: 1_000)) }
        try OutboxMaintenance(outbox).checkpoint()
        let damaged = Outbox(directory: "\(folder.path)/other", settings: OutboxSettings()) { _ in }
        let bytes = try #require(FileManager.default.contents(atPath: "\(folder.path)/outbox.sqlite"))
        try folder.write(
            Array(bytes.prefix(4096)) + [UInt8](repeating: 0xA5, count: bytes.count - 4096),
            to: "other/outbox.sqlite"
        )
        #expect { try push("1", damaged) } throws: { ($0 as? OutboxError)?.code == .corrupt }
        try push("2", damaged)
    }

    @Test func `A damaged file is moved aside, and the service goes on`() throws {
        try folder.write(String(repeating: "no database ", count: 1_000), to: "outbox.sqlite")
        let outbox = open()
        #expect { try push("1", outbox) } throws: { ($0 as? OutboxError)?.code == .corrupt }
        try push("2", outbox)
        #expect(try count("delivery", outbox) == 1)
        #expect(reports.withLockedValue { $0.count } == 1)
        #expect(folder.entries().contains { $0.hasPrefix("outbox.sqlite.damaged-") })
    }

    @Test func `A process follows when another one has replaced the file`() throws {
        let one = open()
        let other = open()
        try push("1", one)
        try push("2", other)
        try FileManager.default.removeItem(atPath: "\(folder.path)/outbox.sqlite")
        try push("3", one)
        try push("4", other)
        #expect(try count("refresh", one) == 2)
        #expect(try count("refresh", other) == 2)
    }

    @Test func `A file of a newer version is not touched`() throws {
        let outbox = open()
        try push("1", outbox)
        try outbox.write { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(throws: OutboxError.self) { try push("2", open()) }
        #expect(try count("delivery", outbox) == 1)
    }

    @Test func `A folder that cannot be made is an error of the moment`() throws {
        try folder.write("in the way", to: "state")
        let outbox = Outbox(directory: "\(folder.path)/state", settings: OutboxSettings()) { _ in }
        #expect { try push("1", outbox) } throws: { ($0 as? OutboxError)?.code == .unavailable }
        try FileManager.default.removeItem(atPath: "\(folder.path)/state")
        try push("1", outbox)
    }

    @Test func `The log keeps the last deliveries, and refreshes as long as they are pending`() throws {
        let outbox = open(OutboxSettings(keptDeliveries: 10))
        // Not in a rush, in which the log has them only later.
        let began = Timestamp.now()
        for index in 0..<500 { try push("\(index)", outbox, at: began + .seconds(index)) }
        let maintenance = OutboxMaintenance(outbox)
        while try maintenance.cleanUp(at: .now()) {}
        #expect(try count("delivery", outbox) == 10)
        #expect(try count("refresh", outbox) == 500)
        let ids = try outbox.read {
            try String.fetchAll($0, sql: "SELECT id FROM delivery ORDER BY sequence")
        }
        #expect(ids == (490..<500).map(String.init))
    }

    @Test func `Above its bytes the log loses the oldest bodies, and nothing else`() throws {
        let outbox = open()
        for index in 0..<60 { try push("\(index)", outbox, body: [UInt8](repeating: 7, count: 100_000)) }
        let maintenance = OutboxMaintenance(outbox, bytes: 2_000_000)
        try maintenance.feed(at: .now(), isEnd: true)
        while try maintenance.cleanUp(at: .now()) {}
        let lengths = try outbox.read {
            try Int?.fetchAll($0, sql: "SELECT length(body) FROM delivery ORDER BY sequence")
        }
        let kept = lengths.drop { $0 == nil }
        #expect(lengths.count == 60)
        #expect((15...22).contains(kept.count))
        #expect(kept.allSatisfy { $0 == 100_000 })
    }

    @Test func `What catalogues were sent pushes nothing out of the log`() throws {
        let outbox = open()
        for index in 0..<20 { try push("\(index)", outbox, body: [UInt8](repeating: 7, count: 100_000)) }
        let entities = (0..<6000).map { number in
            let name = "team-a/backend/api@sha256:\(String(repeating: "0", count: 60))\(number)"
            return SentEntity(object: name, blueprint: "harborArtifact", identifier: name)
        }
        try EntityMemory(outbox).remember(entities, of: ReceiverName(project: "p", name: "r"), at: .now())
        func removed(above bytes: Int64) throws -> Int? {
            let maintenance = OutboxMaintenance(outbox, bytes: bytes)
            while try maintenance.cleanUp(at: .now()) {}
            return try outbox.read {
                try Int.fetchOne($0, sql: "SELECT count(*) FROM delivery WHERE body IS NULL")
            }
        }
        #expect(try removed(above: 2_200_000) == 0)
        let some = try #require(try removed(above: 1_200_000))
        #expect((7...13).contains(some), "\(some)")
    }

    @Test func `What was accepted into a file that is gone is no repetition`() throws {
        let outbox = open()
        // Only ids of the kind that deliveries have are remembered.
        let id = UUID().uuidString.lowercased()
        let record = record(id, repetitionKey: [UInt8](repeating: 7, count: 32))
        let first = try outbox.commit([record], at: .now()).commitments
        #expect(try outbox.commit([record], at: .now()).commitments == [.repetition(of: record.id)])
        try FileManager.default.removeItem(atPath: "\(folder.path)/outbox.sqlite")
        let again = try outbox.commit([record], at: .now()).commitments
        #expect(again.count == first.count)
        #expect(again != [.repetition(of: record.id)])
    }

    @Test func `Of many refreshes those that are long finished are found in several steps`() throws {
        let outbox = open(OutboxSettings(keptFor: .seconds(3600)))
        let long = Timestamp.now() - .seconds(7200)
        for index in 0..<450 { try push("\(index)", outbox, at: long) }
        let due = try outbox.due(at: .now(), limit: 500, excluding: [])
        try outbox.record(due.filter { $0.refresh.target.name != "7" }.map { ($0, .delivered) }, at: long)
        let maintenance = OutboxMaintenance(outbox)
        for _ in 0..<10 { _ = try maintenance.cleanUp(at: .now()) }
        #expect(try outbox.read { try String.fetchAll($0, sql: "SELECT name FROM refresh") } == ["7"])
    }

    @Test func `What is too old is removed, except what is pending`() throws {
        let outbox = open(OutboxSettings(keptFor: .seconds(3600)))
        let long = Timestamp.now() - .seconds(7200)
        try push("old", outbox, at: long)
        try push("pending", outbox, at: long)
        let due = try outbox.due(at: .now(), limit: 10, excluding: []).filter {
            $0.refresh.target.name == "old"
        }
        try outbox.record(due.map { ($0, .delivered) }, at: long)
        try push("new", outbox)
        while try OutboxMaintenance(outbox).cleanUp(at: .now()) {}
        #expect(try outbox.read { try String.fetchAll($0, sql: "SELECT id FROM delivery") } == ["new"])
        #expect(
            try outbox.read { try String.fetchAll($0, sql: "SELECT name FROM refresh ORDER BY name") }
                == ["new", "pending"]
        )
    }
}
