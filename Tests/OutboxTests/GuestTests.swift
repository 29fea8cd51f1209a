// SPDX-License-Identifier: Apache-2.0

import Foundation
import GRDB
import Glibc
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

/// Those who look at the outbox of a service, or change a row of it.
@Suite struct GuestTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings(minimumInterval: .zero)) { _ in }
    }

    private func guest(_ use: GuestUse = .reading) -> Outbox { Outbox(existingIn: folder.path, for: use) }

    private func push(
        _ id: String,
        to targets: [String] = ["w"],
        receiver: String = "r",
        at time: Timestamp = .now(),
        body: [UInt8] = Array("{}".utf8)
    ) throws {
        let record = DeliveryRecord.sample(
            id,
            at: time,
            to: targets.map { Target(namespace: "a", name: $0) },
            receiver: receiver,
            body: body
        )
        _ = try outbox.commit([record], at: time)
    }

    private func attempt(_ outcome: Outcome, at time: Timestamp = .now()) throws {
        let due = try outbox.due(at: time, limit: 10, excluding: [])
        try outbox.record(due.map { ($0, outcome) }, at: time)
    }

    private func ids(_ filter: DeliveryFilter = .init(), last limit: Int = 100) throws -> [String] {
        try guest().deliveries(filter, last: limit).map(\.record.id)
    }

    @Test func `There is nothing to read where there is no outbox, and none is made`() throws {
        for use in [GuestUse.reading, .writing] {
            #expect {
                _ = try guest(use).pending()
            } throws: {
                ($0 as? OutboxError)?.code == .absent && "\($0)".contains("\(folder.path)/outbox.sqlite")
            }
        }
        #expect(folder.entries() == [])
    }

    @Test func `A damaged file stays where it is`() throws {
        try folder.write(String(repeating: "no database ", count: 1000), to: "outbox.sqlite")
        #expect { _ = try guest().pending() } throws: { ($0 as? OutboxError)?.code == .corrupt }
        #expect(folder.entries().filter { $0.contains("damaged") } == [])
    }

    @Test func `Reading changes nothing`() throws {
        try push("1")
        let before = FileManager.default.contents(atPath: "\(folder.path)/outbox.sqlite-wal")
        #expect(try ids() == ["1"])
        #expect(throws: OutboxError.self) { try guest(.reading).retryAll(at: .now()) }
        #expect(throws: OutboxError.self) { try guest(.reading).requestRedelivery(of: "1", at: .now()) }
        #expect(FileManager.default.contents(atPath: "\(folder.path)/outbox.sqlite-wal") == before)
    }

    @Test func `The log can be read while the service writes, and when it is gone`() throws {
        try push("1")
        let guest = guest()
        #expect(try guest.deliveries(.init(), last: 9).map(\.record.id) == ["1"])
        try push("2")
        #expect(try guest.deliveries(.init(), last: 9).map(\.record.id) == ["1", "2"])
        let copy = try TemporaryFolder()
        for name in ["outbox.sqlite", "outbox.sqlite-wal"] {
            let bytes = FileManager.default.contents(atPath: "\(folder.path)/\(name)") ?? Data()
            try copy.write(Array(bytes), to: name)
        }
        let alone = Outbox(existingIn: copy.path, for: .reading)
        #expect(try alone.deliveries(.init(), last: 9).map(\.record.id) == ["1", "2"])
    }

    @Test func `Deliveries are chosen by receiver, status, outcome and time, the newest of them in order`()
        throws
    {
        let start = Timestamp.now() - .seconds(1000)
        for index in 0..<40 {
            try push(
                "\(index)",
                to: index % 4 == 0 ? [] : ["w\(index)"],
                receiver: index % 2 == 0 ? "even" : "odd",
                at: start + .seconds(index)
            )
        }
        #expect(try ids(last: 3) == ["37", "38", "39"])
        #expect(try ids(last: 0) == [])
        var filter = DeliveryFilter()
        filter.receiver = ReceiverName(project: "a", name: "even")
        #expect(try ids(filter, last: 2) == ["36", "38"])
        filter.results = [.none]
        #expect(try ids(filter, last: 2) == ["32", "36"])
        filter = DeliveryFilter()
        filter.statuses = [200]
        filter.since = start + .seconds(30)
        #expect(try ids(filter) == ["32", "36"])
        filter = DeliveryFilter()
        filter.results = [.pending]
        filter.since = start + .seconds(37)
        #expect(try ids(filter) == ["37", "38", "39"])
        let sequence = try #require(try guest().delivery("36")).sequence
        #expect(try guest().deliveries(.init(), after: sequence, limit: 2).map(\.record.id) == ["37", "38"])
    }

    @Test func `An id is found by its beginning`() throws {
        for id in ["abc1", "abc2", "b_x"] { try push(id) }
        #expect(try guest().deliveryIDs(beginningWith: "abc", limit: 9) == ["abc1", "abc2"])
        #expect(try guest().deliveryIDs(beginningWith: "abc2", limit: 9) == ["abc2"])
        #expect(try guest().deliveryIDs(beginningWith: "b%", limit: 9) == [])
    }

    @Test func `It is told what is left of a body`() throws {
        let limit = DeliveryRecord.bodyLimit
        for (id, size) in [("empty", 0), ("longest", limit), ("longer", limit + 1)] {
            try push(id, body: [UInt8](repeating: 7, count: size))
        }
        #expect(try guest().deliveries(.init(), last: 3).map(\.bodyState) == [.whole, .whole, .cut])
        try outbox.write { try $0.execute(sql: "UPDATE delivery SET body = NULL") }
        #expect(try guest().delivery("longer")?.bodyState == .removed)
    }

    @Test func `What is pending is listed with its attempts, and tried when an operator wants it`() throws {
        try push("1", to: ["x", "y"])
        try attempt(.failed("no space"))
        let now = Timestamp.now()
        #expect(try outbox.due(at: now, limit: 9, excluding: []) == [])
        let pending = try guest().pending()
        #expect(pending.map(\.target.name) == ["x", "y"])
        #expect(pending.allSatisfy { $0.attempts == 1 && $0.lastError == "no space" && $0.due > now })
        #expect(try guest(.writing).retry(Target(namespace: "a", name: "x"), at: now))
        #expect(try !guest(.writing).retry(Target(namespace: "a", name: "z"), at: now))
        #expect(try outbox.due(at: now, limit: 9, excluding: []).map(\.refresh.target.name) == ["x"])
        #expect(try guest(.writing).retryAll(at: now) == 1)
        #expect(try outbox.due(at: now, limit: 9, excluding: []).count == 2)
    }

    @Test func `More than one step takes are tried, too`() throws {
        let start = Timestamp.now()
        try push("1", to: (0..<1203).map { "w\($0)" }, at: start)
        try outbox.write { try $0.execute(sql: "UPDATE refresh SET due = due + 60000000") }
        #expect(try guest(.writing).retryAll(at: start) == 1203)
        #expect(try outbox.due(at: start, limit: 2000, excluding: []).count == 1203)
    }

    @Test func `What an operator drops is not tried, and the log says so until a later refresh`() throws {
        let target = Target(namespace: "a", name: "w")
        try push("1")
        #expect(try guest(.writing).drop(target, at: .now()))
        #expect(try !guest(.writing).drop(target, at: .now()))
        #expect(try guest().pending() == [] && outbox.due(at: .now(), limit: 9, excluding: []) == [])
        #expect(try guest().delivery("1")?.result == .dropped)
        try push("2")
        #expect(try guest().delivery("2")?.result == .pending)
        try attempt(.delivered)
        #expect(try ids() == ["1", "2"])
        #expect(try guest().delivery("2")?.result == .delivered)
    }

    @Test func `An attempt that was under way does not bring back what was dropped`() throws {
        try push("1")
        let due = try outbox.due(at: .now(), limit: 9, excluding: [])
        #expect(try guest(.writing).drop(Target(namespace: "a", name: "w"), at: .now()))
        try outbox.record(due.map { ($0, .failed("busy")) }, at: .now())
        #expect(try guest().pending() == [])
        #expect(try guest().delivery("1")?.result == .dropped)
    }

    @Test func `Of several targets the one that asks for most attention gives the outcome`() throws {
        try push("1", to: ["x", "y"])
        let due = try outbox.due(at: .now(), limit: 9, excluding: [])
        try outbox.record([(due[0], .delivered)], at: .now())
        #expect(try guest().delivery("1")?.result == .pending)
        try outbox.record([(due[1], .gone("no such thing"))], at: .now())
        #expect(try guest().delivery("1")?.result == .gone)
    }

    @Test func `A wish is fulfilled once, in the transaction that keeps the delivery`() throws {
        try push("1")
        try attempt(.delivered)
        let place = try guest(.writing).requestRedelivery(of: "1", at: .now())
        let wish = try #require(try outbox.pendingRedeliveries(limit: 9).first)
        #expect(wish == Redelivery(sequence: place, original: "1", state: .pending))
        let record = DeliveryRecord.sample(
            "2",
            at: .now(),
            to: [Target(namespace: "a", name: "w")],
            redeliveryOf: "1"
        )
        #expect(try outbox.fulfil(wish, with: record, at: .now()))
        #expect(try !outbox.fulfil(wish, with: record, at: .now()))
        #expect(try ids() == ["1", "2"])
        #expect(try guest().delivery("2")?.record.redeliveryOf == "1")
        #expect(try guest().delivery("2")?.result == .pending)
        #expect(try guest().redelivery(place)?.state == .done(id: "2"))
        #expect(try outbox.pendingRedeliveries(limit: 9) == [])
        // An answer is not kept for ever.
        let next = try guest(.writing).requestRedelivery(of: "1", at: .now())
        let wishes = try outbox.pendingRedeliveries(limit: 9)
        #expect(try outbox.fulfil(wishes[0], with: record, at: .now() + .seconds(7200)))
        #expect(try guest().redelivery(place) == nil)
        #expect(try guest().redelivery(next)?.state == .done(id: "2"))
    }

    @Test func `A wish that cannot be fulfilled says why`() throws {
        try push("1")
        let place = try guest(.writing).requestRedelivery(of: "1", at: .now())
        let wish = try #require(try outbox.pendingRedeliveries(limit: 9).first)
        try outbox.refuse(wish, because: "no receiver", at: .now())
        #expect(try guest().redelivery(place)?.state == .failed("no receiver"))
        #expect(try outbox.pendingRedeliveries(limit: 9) == [])
    }
}
