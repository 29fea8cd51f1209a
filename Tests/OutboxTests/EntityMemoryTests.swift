// SPDX-License-Identifier: Apache-2.0

import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

@Suite struct EntityMemoryTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox
    private let memory: EntityMemory
    private let receiver = ReceiverName(project: "p", name: "r")
    private let other = ReceiverName(project: "p", name: "r2")

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        memory = EntityMemory(outbox)
    }

    private func entity(_ object: String, _ identifier: String) -> SentEntity {
        SentEntity(object: object, blueprint: "image", identifier: identifier)
    }

    private func second(_ second: Int64) -> Timestamp { Timestamp(microseconds: second * 1_000_000) }

    @Test func `What was sent is remembered by object and by receiver until it is forgotten`() throws {
        let sent = [entity("a", "a1"), entity("a", "a2"), entity("b", "b1")]
        try memory.remember(sent, of: receiver, at: second(1))
        try memory.remember([entity("a", "x")], of: other, at: second(1))
        #expect(try memory.entities(of: ["b", "a", "c"], by: receiver) == [sent[2], sent[0], sent[1]])
        try memory.forget([sent[0]], of: receiver)
        #expect(try memory.entities(of: ["a"], by: receiver) == [sent[1]])
        #expect(try memory.entities(of: ["a"], by: other) == [entity("a", "x")])
        // Another process, or this one after it was killed.
        let again = EntityMemory(Outbox(existingIn: folder.path, for: .writing))
        #expect(try again.entities(of: ["a"], by: receiver) == [sent[1]])
        try again.forget([sent[1]], of: receiver)
        #expect(try memory.entities(of: ["a"], by: receiver) == [])
    }

    @Test func `An entity is that of the object from which it was made last`() throws {
        try memory.remember([entity("a", "latest")], of: receiver, at: second(1))
        try memory.remember([entity("b", "latest")], of: receiver, at: second(2))
        #expect(try memory.entities(of: ["a"], by: receiver) == [])
        // What was looked up before must not take away what is another's now.
        try memory.forget([entity("a", "latest")], of: receiver)
        #expect(try memory.entities(of: ["b"], by: receiver) == [entity("b", "latest")])
        let asked = [entity("a", "latest"), entity("a", "first")]
        #expect(try memory.known(among: asked, by: receiver) == [entity("b", "latest")])
        #expect(try memory.known(among: asked, by: other) == [])
    }

    @Test func `Whoever takes an entity over learns whose it was, and since when`() throws {
        try memory.remember([entity("a", "latest"), entity("a", "1.0")], of: receiver, at: second(1))
        let sent = [entity("b", "latest"), entity("a", "1.0"), entity("b", "2.0")]
        let former = try memory.takeOver(sent, of: receiver, at: second(2))
        #expect(former.map(\.entity) == [entity("a", "latest")] && former.map(\.seen) == [second(1)])
        #expect(try memory.entities(of: ["b"], by: receiver) == [entity("b", "2.0"), entity("b", "latest")])
        #expect(try memory.takeOver(sent, of: receiver, at: second(3)).isEmpty)
        #expect(try memory.takeOver([entity("c", "latest")], of: other, at: second(3)).isEmpty)
    }

    @Test func `What was not seen since is found, whichever clock has seen it`() throws {
        try memory.remember(
            [entity("a", "a1"), entity("b", "b1"), entity("c", "c1")],
            of: receiver,
            at: second(1)
        )
        try memory.remember([entity("b", "b1")], of: receiver, at: second(3))
        // A clock that was set back.
        try memory.remember([entity("b", "b1")], of: receiver, at: second(2))
        #expect(
            try memory.entities(notSeenSince: second(3), by: receiver, limit: 9)
                == [entity("a", "a1"), entity("c", "c1")]
        )
        #expect(try memory.entities(notSeenSince: second(3), by: receiver, limit: 1) == [entity("a", "a1")])
        #expect(
            try memory.entities(notSeenSince: second(3), after: entity("?", "a1"), by: receiver, limit: 1)
                == [entity("c", "c1")]
        )
        #expect(try memory.entities(notSeenSince: second(3), by: other, limit: 9) == [])
    }

    @Test func `Objects are told that had an event since, or wait for what one asks for`() throws {
        let objects = ["early", "late", "waiting", "pulled", "none"]
        for (time, object) in [(1, "early"), (1, "waiting"), (9, "late"), (1, "pulled//later")]
            as [(Int64, String)]
        {
            let target = Target(project: "p", receiver: "r", object: object)
            let record = DeliveryRecord.sample(
                "\(object)",
                at: second(time),
                to: [target],
                project: "p",
                provider: "catalogue"
            )
            _ = try outbox.commit([record], at: second(time))
        }
        for due in try outbox.due(at: second(20), limit: 9, excluding: [], in: .catalogue)
        where due.refresh.target.name != "waiting" {
            try outbox.record([(due, .delivered)], at: second(20))
        }
        let since = { (time: Int64, receiver: ReceiverName) in
            try memory.objects(withEventsSince: second(time), among: objects, of: receiver)
        }
        // What was looked at since may have been read before.
        #expect(try since(20, receiver) == ["early", "late", "waiting", "pulled"])
        #expect(try since(21, receiver) == ["waiting"])
        #expect(try since(1, receiver) == ["early", "late", "waiting", "pulled"])
        #expect(try since(1, other) == [])
    }

    @Test func `More than one step is remembered and forgotten`() throws {
        let many = (0..<450).map { entity("o\($0)", "i\($0)") }
        try memory.remember(many, of: receiver, at: second(1))
        #expect(try memory.entities(of: many.map(\.object), by: receiver) == many)
        try memory.forget(many, of: receiver)
        #expect(try memory.entities(of: many.map(\.object), by: receiver) == [])
    }

    @Test func `A walk over all objects goes on where it was`() throws {
        #expect(try memory.resync(of: receiver) == nil)
        for position in ["a", "b"] {
            let resync = EntityMemory.Resync(position: position, started: second(5))
            try memory.setResync(resync, of: receiver)
            #expect(try EntityMemory(outbox).resync(of: receiver) == resync)
        }
        #expect(try memory.resync(of: other) == nil)
        try memory.setResync(nil, of: receiver)
        #expect(try memory.resync(of: receiver) == nil)
    }
}
