// SPDX-License-Identifier: Apache-2.0

import POSIX
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
        #expect(try memory.entities(notSeenSince: second(3), by: other, limit: 9) == [])
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
