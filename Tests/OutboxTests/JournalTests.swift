// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

/// Where deliveries wait in a rush until they are rows of the log.
@Suite(.threadsOfTheirOwn) struct JournalTests {
    private let folder: TemporaryFolder
    private let warehouse = Target(namespace: "a", name: "w")

    init() throws { folder = try TemporaryFolder() }

    private func open(keeping kept: Int = 10_000) -> Outbox {
        let outbox = Outbox(directory: folder.path, settings: OutboxSettings(keptDeliveries: kept)) { _ in }
        outbox.setDelivering(true, at: second(-1))
        return outbox
    }

    private func record(_ id: String, at time: Double, to target: Target?, body: Int = 20) -> DeliveryRecord {
        DeliveryRecord.sample(
            id,
            at: second(time),
            to: target.map { [$0] } ?? [],
            decision: #"{"n":"\#(id)"}"#,
            body: Array(repeating: UInt8(ascii: "x"), count: body),
            repetitionKey: Array(id.utf8.reversed())
        )
    }

    /// Commits as many deliveries in one turn, which is a rush from 32 on.
    @discardableResult
    private func push(
        _ ids: Range<Int>,
        at time: Double,
        to target: Target? = Target(namespace: "a", name: "w"),
        in outbox: Outbox,
        body: Int = 20
    ) throws -> [Outbox.Commitment] {
        let records = ids.map { record(id($0), at: time, to: target, body: body) }
        return try outbox.commit(records, at: second(time)).commitments
    }

    /// Forty deliveries that are no rush yet.
    private func begin(_ outbox: Outbox) throws {
        try push(0..<20, at: -1, in: outbox)
        try push(20..<40, at: 0, in: outbox)
    }

    private func logged(_ outbox: Outbox) throws -> [String] {
        try outbox.deliveries(DeliveryFilter(), last: 100_000).map(\.record.id)
    }

    private func ids(_ ranges: Range<Int>...) -> [String] { ranges.joined().map(id) }

    /// A UUID: others are not remembered.
    private func id(_ number: Int) -> String { "00000000-0000-7000-8000-\(String(100_000_000_000 + number))" }

    private var journals: [String] { folder.entries().filter { $0.hasPrefix("journal-") } }

    @Test
    func `In a rush what shares a waiting refresh goes to the journal, and into the log when it is over`()
        throws
    {
        let outbox = open()
        try begin(outbox)
        #expect(journals.isEmpty)
        let tokens = try push(40..<80, at: 0.05, in: outbox)
        #expect(try logged(outbox) == ids(0..<40))
        #expect(journals.count == 2)
        let maintenance = OutboxMaintenance(outbox)
        try maintenance.feed(at: second(0.1))
        #expect(try logged(outbox) == ids(0..<40))
        try maintenance.feed(at: second(0.3))
        #expect(try logged(outbox) == ids(0..<80))
        let last = try #require(try outbox.delivery(id(79)))
        #expect(last.record.decision == #"{"n":"\#(id(79))"}"#)
        #expect(last.record.body.count == 20)
        // Its refresh is the one that waits, with the last event's token.
        let due = try outbox.due(at: second(1), limit: 10, excluding: [])
        #expect(tokens.last == .accepted(due.map(\.refresh)))
        #expect(due.count == 1)
    }

    @Test func `A rush that does not end is brought into the log every five seconds`() throws {
        let outbox = open()
        let maintenance = OutboxMaintenance(outbox)
        try begin(outbox)
        for step in 1...60 { try push(step * 40..<(step + 1) * 40, at: Double(step) / 10, in: outbox) }
        try maintenance.feed(at: second(5))
        #expect(try logged(outbox) == ids(0..<40))
        try maintenance.feed(at: second(6))
        #expect(try logged(outbox) == ids(0..<2440))
    }

    @Test func `Few deliveries are in the log at once`() throws {
        let outbox = open()
        for step in 0..<20 { try push(step..<(step + 1), at: Double(step), in: outbox) }
        #expect(try logged(outbox) == ids(0..<20))
        #expect(journals.isEmpty)
    }

    @Test func `In a rush only refreshes that are not there yet are written to the file at once`() throws {
        let outbox = open()
        let new = Target(namespace: "a", name: "new")
        let commitments = try push(0..<40, at: 0, to: new, in: outbox)
        #expect(try logged(outbox).isEmpty)
        let due = try outbox.due(at: second(1), limit: 10, excluding: [])
        #expect(due.map(\.refresh.target) == [new])
        #expect(commitments == Array(repeating: .accepted(due.map(\.refresh)), count: 40))
        // Another process sees them as well, and knows the deliveries once they are in the log.
        try OutboxMaintenance(outbox).feed(at: second(1))
        #expect(try logged(open()) == ids(0..<40))
    }

    @Test func `A repetition of what is in the journal is recognised, also once it is in the log`() throws {
        let outbox = open()
        try begin(outbox)
        try push(40..<80, at: 0.05, in: outbox)
        #expect(try push(70..<71, at: 0.06, in: outbox) == [.repetition(of: id(70))])
        try OutboxMaintenance(outbox).feed(at: second(1))
        #expect(try push(71..<72, at: 2, in: outbox) == [.repetition(of: id(71))])
        #expect(try push(71..<72, at: 3, in: open()) == [.repetition(of: id(71))])
    }

    @Test func `In a rush a repetition of what another process has accepted is recognised`() throws {
        let (outbox, other) = (open(), open())
        try begin(outbox)
        try push(40..<80, at: 0.05, in: outbox)
        #expect(try push(500..<501, at: 0.06, in: other) != [])
        #expect(try push(500..<501, at: 0.07, in: outbox) == [.repetition(of: id(500))])
    }

    @Test func `A refresh that has begun is no refresh for what comes later`() throws {
        let outbox = open()
        try begin(outbox)
        let begun = try outbox.due(at: second(0.01), limit: 10, excluding: [])
        try push(40..<80, at: 0.05, in: outbox)
        try outbox.record(begun.map { ($0, .delivered) }, at: second(0.06))
        #expect(try outbox.due(at: second(10), limit: 10, excluding: []).count == 1)
    }

    @Test func `A refresh that an operator has dropped is asked for again in a rush`() throws {
        let outbox = open()
        try begin(outbox)
        let operatorsView = Outbox(existingIn: folder.path, for: .writing)
        #expect(try operatorsView.drop(warehouse, at: second(0.01)))
        try push(40..<80, at: 0.05, in: outbox)
        #expect(
            try outbox.due(at: second(10), limit: 10, excluding: []).map(\.refresh.token) == [
                second(0.05)
            ]
        )
    }

    @Test func `Without a deliverer in the process deliveries go to the journal, too`() throws {
        let outbox = open()
        outbox.setDelivering(false, at: second(0))
        try push(0..<40, at: 0, to: nil, in: outbox)
        try push(40..<80, at: 0.05, to: nil, in: outbox)
        try push(80..<120, at: 0.06, in: outbox)
        #expect(try logged(outbox).isEmpty)
        #expect(try outbox.due(at: second(1), limit: 10, excluding: []).count == 1)
        try OutboxMaintenance(outbox).feed(at: second(1))
        #expect(try logged(outbox) == ids(0..<120))
    }

    @Test func `What a killed process has left becomes rows, once`() throws {
        var outbox: Outbox? = open()
        try begin(#require(outbox))
        try push(40..<80, at: 0.05, in: #require(outbox))
        let left = journals
        // Whoever lives has the lock.
        try OutboxMaintenance(open()).adopt(at: second(1))
        #expect(try logged(open()) == ids(0..<40))
        outbox = nil
        let next = open()
        let maintenance = OutboxMaintenance(next)
        // It was killed when half of them were rows.
        let copies = try left.map { ($0, try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\($0)"))) }
        try maintenance.adopt(at: second(1))
        #expect(try logged(next) == ids(0..<80))
        #expect(journals.isEmpty)
        for (name, bytes) in copies { try folder.write(Array(bytes), to: name) }
        try maintenance.adopt(at: second(1))
        #expect(try logged(next) == ids(0..<80))
        #expect(journals.isEmpty)
        // What they were is known, too.
        #expect(try push(60..<61, at: 1, in: next) == [.repetition(of: id(60))])
    }

    /// A file may be as long as it was to be, and what was written not in it.
    @Test(arguments: [25, 100, 300], [0, 1 << 20])
    func `What a power failure has cut off ends a journal`(bytes: Int, zeros: Int) throws {
        var outbox: Outbox? = open()
        try begin(#require(outbox))
        try push(40..<80, at: 0.05, in: #require(outbox))
        outbox = nil
        let name = try #require(journals.max { written($0).count < written($1).count })
        try folder.write(written(name).dropLast(bytes) + [UInt8](repeating: 0, count: zeros), to: name)
        let next = open()
        try OutboxMaintenance(next).adopt(at: second(1))
        let found = try logged(next)
        #expect(found == ids(0..<80).prefix(found.count).map(\.self))
        #expect(found.count < 80 && found.count > 70)
    }

    /// In the text of an entry, which is passed over, or in the mark of a frame, behind which nothing can be read.
    @Test(arguments: [(#"{"n":""#, 79...79), ("WFJ1", 45...70)])
    func `What the disk has changed is left out, and kept for whoever can read it`(
        place: String,
        left: ClosedRange<Int>
    ) throws {
        var outbox: Outbox? = open()
        try begin(#require(outbox))
        try push(40..<80, at: 0.05, in: #require(outbox))
        outbox = nil
        let name = try #require(journals.max { written($0).count < written($1).count })
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
        let middle = try #require(bytes[(written(name).count / 2)...].firstRange(of: Array(place.utf8)))
        bytes[middle.lowerBound] ^= 1
        try folder.write(bytes, to: name)
        let next = open()
        try OutboxMaintenance(next).adopt(at: second(1))
        let found = try logged(next)
        #expect(found == ids(0..<80).filter(found.contains))
        #expect(left.contains(found.count))
        #expect(journals.isEmpty)
        #expect(folder.entries().contains { $0.hasPrefix("damaged-journal-") })
    }

    @Test func `The last of them become rows, whatever the disk has changed before them`() throws {
        var outbox: Outbox? = open()
        try begin(#require(outbox))
        try push(40..<80, at: 0.05, in: #require(outbox))
        outbox = nil
        let name = try #require(journals.max { written($0).count < written($1).count })
        var bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
        bytes[try #require(bytes.firstRange(of: Array(#"{"n":""#.utf8))).lowerBound] ^= 1
        try folder.write(bytes, to: name)
        let next = open(keeping: 10)
        try OutboxMaintenance(next).adopt(at: second(1))
        #expect(try logged(next).suffix(10) == ids(70..<80)[...])
    }

    @Test func `What is killed before its first head of a rush is written leaves nothing damaged`() throws {
        var outbox: Outbox? = open()
        try begin(#require(outbox))
        try push(40..<80, at: 0.05, in: #require(outbox))
        try OutboxMaintenance(#require(outbox)).feed(at: second(1))
        outbox = nil
        for name in journals where size(name) > 0 {
            let bytes = Array(try Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)")))
            try folder.write(
                bytes + Array("half an entry".utf8) + [UInt8](repeating: 0, count: 1000),
                to: name
            )
        }
        #expect(journals.contains { size($0) > 0 })
        let next = open()
        try OutboxMaintenance(next).adopt(at: second(2))
        #expect(try logged(next) == ids(0..<80))
        #expect(!folder.entries().contains { $0.hasPrefix("damaged-journal-") })
    }

    @Test func `A file that cannot be read keeps no other from becoming rows`() throws {
        var outbox: Outbox? = open()
        try begin(#require(outbox))
        try push(40..<80, at: 0.05, in: #require(outbox))
        outbox = nil
        try FileManager.default.createDirectory(
            atPath: "\(folder.path)/journal-0",
            withIntermediateDirectories: false
        )
        let next = open()
        #expect(throws: OutboxError.self) { try OutboxMaintenance(next).adopt(at: second(1)) }
        #expect(try logged(next) == ids(0..<80))
    }

    @Test func `Of a long rush as many become rows as the log keeps, and the files do not grow`() throws {
        let outbox = open(keeping: 100)
        try begin(outbox)
        for step in 1...40 { try push(step * 40..<(step + 1) * 40, at: Double(step) / 1000, in: outbox) }
        #expect(journals.allSatisfy { written($0).count < 200 * 300 })
        try OutboxMaintenance(outbox).feed(at: second(1))
        let found = try logged(outbox)
        #expect(found == ids(0..<40, 1540..<1640))
    }

    @Test func `What has no room in the journal goes into the log at once`() throws {
        let outbox = open()
        try begin(outbox)
        // Two files of 64 MiB each.
        for step in 1...20 {
            try push(step * 40..<(step + 1) * 40, at: 0.05, in: outbox, body: 250 << 10)
        }
        let found = try logged(outbox).count
        #expect(found > 40 && found < 820)
        #expect(journals.allSatisfy { size($0) <= 64 << 20 })
        let maintenance = OutboxMaintenance(outbox)
        try maintenance.feed(at: second(1))
        #expect(try Set(logged(outbox)) == Set(ids(0..<840)))
    }

    @Test func `What could not become rows does so later, and none of it twice`() throws {
        let outbox = open()
        let maintenance = OutboxMaintenance(outbox)
        try begin(outbox)
        try push(40..<840, at: 0.05, in: outbox)
        let database = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite")
        // In the third of the steps.
        try database.write { database in
            try database.execute(
                sql: """
                    CREATE TRIGGER full BEFORE INSERT ON delivery WHEN NEW.id = '\(id(500))'
                    BEGIN SELECT RAISE(ABORT, 'full'); END
                    """
            )
        }
        #expect(throws: OutboxError.self) { try maintenance.feed(at: second(1)) }
        #expect(try logged(outbox) == ids(0..<440))
        try database.write { try $0.execute(sql: "DROP TRIGGER full") }
        try push(840..<880, at: 2, in: outbox)
        try push(880..<920, at: 2.05, in: outbox)
        try maintenance.feed(at: second(3))
        #expect(try Set(logged(outbox)) == Set(ids(0..<920)))
        #expect(try logged(outbox).count == 920)
    }

    @Test func `What has become rows once is none again when it has left the log and the process is killed`()
        throws
    {
        var outbox: Outbox? = open(keeping: 100)
        try begin(#require(outbox))
        try push(40..<80, at: 0.05, in: #require(outbox))
        try OutboxMaintenance(#require(outbox)).feed(at: second(1))
        for step in 1...10 {
            try push(step * 100..<step * 100 + 20, at: Double(step) * 10, in: #require(outbox))
        }
        while try OutboxMaintenance(#require(outbox)).cleanUp(at: second(100)) {}
        let before = try logged(#require(outbox))
        outbox = nil
        let next = open(keeping: 100)
        try OutboxMaintenance(next).adopt(at: second(101))
        #expect(try logged(next) == before)
    }

    @Test func `What comes while a file becomes rows waits for the next time`() throws {
        let outbox = open()
        let maintenance = OutboxMaintenance(outbox)
        try begin(outbox)
        try push(40..<80, at: 0.05, in: outbox)
        // As if it came while the first was inserted, which goes on in a rush for ever.
        let (file, entries) = try #require(
            try outbox.journal.take(keeping: 10_000, at: second(5.1), isEnd: false)
        )
        try push(80..<120, at: 5.15, in: outbox)
        try push(120..<160, at: 5.16, in: outbox)
        outbox.journal.giveBack(done: entries.upperBound)
        #expect(entries == 0..<40)
        #expect(try outbox.journal.take(keeping: 10_000, at: second(5.1), isEnd: false)?.file.path == nil)
        _ = file
        try maintenance.feed(at: second(5.2))
        #expect(try logged(outbox).count < 160)
    }

    @Test func `Entries that the disk has lost do not keep the others, nor the end`() throws {
        let outbox = open()
        let maintenance = OutboxMaintenance(outbox)
        try begin(outbox)
        try push(40..<80, at: 0.05, in: outbox)
        let name = try #require(journals.max { written($0).count < written($1).count })
        let handle = try #require(FileHandle(forUpdatingAtPath: "\(folder.path)/\(name)"))
        try handle.truncate(atOffset: UInt64(written(name).count / 2))
        try handle.close()
        let error = #expect(throws: OutboxError.self) { try maintenance.feed(at: second(1)) }
        #expect(error?.description.contains("deliveries of a rush cannot be read any more") == true)
        #expect(try logged(outbox).count > 50)
        try maintenance.feed(at: second(2), isEnd: true)
        #expect(journals.isEmpty)
    }

    @Test func `At the end everything is in the log, and no file is left`() throws {
        let outbox = open()
        try begin(outbox)
        try push(40..<80, at: 0.05, in: outbox)
        try OutboxMaintenance(outbox).feed(at: second(0.06), isEnd: true)
        #expect(try logged(outbox) == ids(0..<80))
        #expect(journals.isEmpty)
        // Should something come all the same, it makes new ones.
        try push(80..<120, at: 0.07, in: outbox)
        #expect(journals.count == 2)
    }

    @Test func `A use of a file that is shorter than the one before ends where it ends`() throws {
        let outbox = open()
        let maintenance = OutboxMaintenance(outbox)
        try begin(outbox)
        try push(40..<1000, at: 0.05, in: outbox)
        try maintenance.feed(at: second(1))
        try push(1000..<1040, at: 2, in: outbox)
        try push(1040..<1060, at: 2.05, in: outbox)
        try maintenance.feed(at: second(3))
        try push(1060..<1100, at: 4, in: outbox)
        try push(1100..<1110, at: 4.05, in: outbox)
        try maintenance.feed(at: second(5))
        #expect(try logged(outbox) == ids(0..<1110))
    }

    @Test func `What a use of a file before has left is none of the entries of a killed process`() throws {
        var outbox: Outbox? = open(keeping: 50)
        try begin(#require(outbox))
        // Of a file, each use is of another length.
        for turn in 1..<12 {
            let ids = (turn * 40)..<(turn * 40 + 40)
            try push(ids, at: 0.01 * Double(turn), in: #require(outbox), body: 2000 / turn)
        }
        outbox = nil
        let next = open(keeping: 50)
        try OutboxMaintenance(next).adopt(at: second(1))
        let found = try logged(next)
        #expect(found.suffix(50) == ids(430..<480)[...])
        #expect(Set(found).count == found.count)
        #expect(journals.isEmpty)
        #expect(!folder.entries().contains { $0.hasPrefix("damaged-journal-") })
    }

    @Test func `A file gets longer seldom, for that costs a sync more`() throws {
        let outbox = open()
        try begin(outbox)
        var sizes: [Int] = []
        for step in 1...100 {
            try push(step * 40..<(step + 1) * 40, at: Double(step) / 1000, in: outbox, body: 500)
            sizes.append(journals.map(size).max() ?? 0)
        }
        let name = try #require(journals.max { written($0).count < written($1).count })
        #expect((1...10).contains(Set(sizes).count) && written(name).count > 2 << 20)
        #expect(size(name) - written(name).count <= 1 << 20)
        try OutboxMaintenance(outbox).feed(at: second(1))
        #expect(try logged(outbox) == ids(0..<4040))
        #expect(journals.allSatisfy { size($0) < 100 })
    }

    private func size(_ name: String) -> Int { (try? FileStatus(of: "\(folder.path)/\(name)"))?.size ?? 0 }

    /// What is in a journal's file, without the zeros that make room for more; of the end of all the last byte is zero, too.
    private func written(_ name: String) -> [UInt8] {
        let bytes = (try? Data(contentsOf: URL(fileURLWithPath: "\(folder.path)/\(name)"))) ?? Data()
        return Array(bytes.prefix((bytes.lastIndex { $0 != 0 } ?? -2) + 2))
    }
}
