// SPDX-License-Identifier: Apache-2.0

import POSIX
import TestSupport
import Testing

@testable import Outbox

/// What was sent for receivers that come and go.
@Suite struct AbsenceTests {
    private let folder: TemporaryFolder
    private let memory: EntityMemory
    private let maintenance: OutboxMaintenance
    private let receiver = ReceiverName(project: "p", name: "r")
    private let other = ReceiverName(project: "p", name: "r2")

    init() throws {
        folder = try TemporaryFolder()
        let settings = OutboxSettings(keptFor: .seconds(100))
        let outbox = Outbox(directory: folder.path, settings: settings) { _ in }
        (memory, maintenance) = (EntityMemory(outbox), OutboxMaintenance(outbox))
    }

    private func second(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }

    private func send(_ count: Int, _ receiver: ReceiverName) throws {
        let entities = (0..<count).map { SentEntity(object: "o", blueprint: "b", identifier: "\($0)") }
        try memory.remember(entities, of: receiver, at: second(1))
    }

    private func count(_ receiver: ReceiverName) throws -> Int {
        try memory.entities(of: ["o"], by: receiver).count
    }

    private func forget(allBut receivers: Set<String>, at time: Int64) throws {
        try maintenance.forgetEntities(allBut: receivers, at: second(time))
    }

    @Test func `What was sent for one that has long been away is forgotten, step by step`() throws {
        try send(450, receiver)
        try send(3, other)
        try memory.setResync(EntityMemory.Resync(position: "a", started: second(1)), of: receiver)
        // When something was sent last does not matter.
        for time in [1000, 1050, 1100] as [Int64] { try forget(allBut: ["p/r2"], at: time) }
        #expect(try count(receiver) == 450 && memory.resync(of: receiver) != nil)
        for left in [250, 50, 0, 0] {
            try forget(allBut: ["p/r2"], at: 1101)
            #expect(try count(receiver) == left)
        }
        #expect(try count(other) == 3 && memory.resync(of: receiver) == nil)
        // Nor does anything of it count when it is there once more.
        try send(1, receiver)
        try forget(allBut: ["p/r2"], at: 1200)
        try forget(allBut: ["p/r2"], at: 1300)
        #expect(try count(receiver) == 1)
    }

    @Test func `One that comes back has all that it had, and begins anew`() throws {
        try send(3, receiver)
        try forget(allBut: [], at: 1000)
        try forget(allBut: ["p/r"], at: 1099)
        for time in [1101, 1201] as [Int64] { try forget(allBut: [], at: time) }
        #expect(try count(receiver) == 3)
        try forget(allBut: [], at: 1202)
        #expect(try count(receiver) == 0)
    }

    @Test func `Nothing is forgotten early for a clock that was wrong`() throws {
        try send(3, receiver)
        try forget(allBut: [], at: 9000)
        try forget(allBut: [], at: 1000)
        try forget(allBut: [], at: 1100)
        #expect(try count(receiver) == 3)
        try forget(allBut: [], at: 1101)
        #expect(try count(receiver) == 0)
    }
}
