// SPDX-License-Identifier: Apache-2.0

import GRDB
import POSIX
import Subscriptions
import TestSupport
import Testing

@testable import Outbox

/// Files that earlier versions have made are brought up to date.
@Suite struct MigrationTests {
    private let folder: TemporaryFolder
    private let target = Target(namespace: "a", name: "w")

    init() throws { folder = try TemporaryFolder() }

    /// Makes the file as `version` did, with one delivery at place 7 of the log, and `more`.
    private func makeFile(version: Int, _ more: String = "") throws {
        let unique = version < 3 ? "UNIQUE" : ""
        let counting = version > 1 ? "AUTOINCREMENT" : ""
        let duration = version > 1 ? "duration INTEGER NOT NULL," : ""
        let token = version > 1 ? "deliveredToken INTEGER," : ""
        let queue = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite")
        try queue.writeWithoutTransaction { database in
            try database.execute(
                sql: """
                    PRAGMA journal_mode = WAL;
                    CREATE TABLE delivery (
                        sequence INTEGER PRIMARY KEY \(counting), id TEXT NOT NULL \(unique), received INTEGER NOT NULL,
                        project TEXT NOT NULL, receiver TEXT NOT NULL, provider TEXT NOT NULL, event TEXT,
                        status INTEGER NOT NULL, decision TEXT NOT NULL, targets TEXT NOT NULL, repetitionKey BLOB,
                        \(duration) body BLOB
                    );
                    CREATE TABLE refresh (
                        namespace TEXT NOT NULL, name TEXT NOT NULL, token INTEGER NOT NULL, state INTEGER NOT NULL,
                        requested INTEGER NOT NULL, due INTEGER NOT NULL, attempts INTEGER NOT NULL DEFAULT 0,
                        finished INTEGER, error TEXT, \(token) PRIMARY KEY (namespace, name)
                    ) WITHOUT ROWID;
                    CREATE INDEX refreshByDue ON refresh (due) WHERE state = 0;
                    INSERT INTO delivery VALUES (7, '1', 1000, 'a', 'r', 'harbor', 'PUSH', 202, '{}', 'a/w 1000', NULL,
                        \(version > 1 ? "1234," : "") x'7b7d');
                    INSERT INTO refresh (namespace, name, token, state, requested, due) VALUES ('a', 'w', 1000, 0, 1000, 1000);
                    PRAGMA user_version = \(version);
                    \(more)
                    """
            )
        }
        try queue.close()
    }

    private func open() -> Outbox {
        Outbox(directory: folder.path, settings: OutboxSettings(keptFor: .seconds(3600))) { _ in }
    }

    private func push(_ outbox: Outbox) throws {
        let record = DeliveryRecord.sample("2", at: .now(), to: [target])
        _ = try outbox.commit([record], at: .now())
    }

    private func sequences(_ outbox: Outbox) throws -> [Int64] {
        try outbox.deliveries(DeliveryFilter(), last: 10).map(\.sequence)
    }

    @Test(arguments: 1...3) func `It keeps its deliveries and its refreshes`(_ version: Int) throws {
        try makeFile(version: version)
        let outbox = open()
        try outbox.checkWritable()
        let delivery = try #require(try outbox.delivery("1"))
        #expect(delivery.sequence == 7 && delivery.record.event == "PUSH" && delivery.record.headers == "")
        #expect(delivery.record.duration == (version > 1 ? .microseconds(1234) : .zero))
        #expect(delivery.record.body == Array("{}".utf8) && delivery.bodyState == .whole)
        #expect(delivery.goals.map(\.fate) == [.pending(attempts: 0, lastError: nil)])
        try push(outbox)
        #expect(try sequences(outbox) == [7, 8])
    }

    @Test(arguments: 1...3)
    func `A number in its log is never used again, also when the log is empty`(_ version: Int) throws {
        // A file of version 1 does not remember the number itself: the delivery is too old, and goes after the change.
        try makeFile(version: version, version > 1 ? "DELETE FROM delivery" : "")
        let outbox = open()
        try outbox.checkWritable()
        while try OutboxMaintenance(outbox).cleanUp(at: .now()) {}
        #expect(try sequences(outbox) == [])
        try push(outbox)
        #expect(try sequences(outbox) == [8])
    }

    /// Processes are replaced one after the other.
    @Test func `What still runs of version 3 goes on writing`() throws {
        try makeFile(version: 3)
        try open().checkWritable()
        try DatabaseQueue(path: "\(folder.path)/outbox.sqlite").write { database in
            try database.execute(
                sql: """
                    INSERT INTO delivery
                        (id, received, project, receiver, provider, event, status, decision, targets,
                         repetitionKey, duration, body)
                    VALUES ('2', 1, 'a', 'r', 'harbor', NULL, 202, '{}', '', NULL, 1, x'7B7D')
                    """
            )
        }
        #expect(try open().delivery("2")?.record.headers == "")
    }

    /// What version 4 has made besides; it serves both to look like such a file and to be written by it afterwards.
    private let madeByVersion4 = """
        ALTER TABLE delivery ADD COLUMN headers TEXT NOT NULL DEFAULT '';
        ALTER TABLE delivery ADD COLUMN redeliveryOf TEXT;
        ALTER TABLE delivery ADD COLUMN bodySize INTEGER;
        CREATE TABLE redelivery (sequence INTEGER PRIMARY KEY AUTOINCREMENT, original TEXT NOT NULL,
            requested INTEGER NOT NULL, finished INTEGER, result TEXT, error TEXT);
        CREATE TABLE activity (hour INTEGER NOT NULL, project TEXT NOT NULL, receiver TEXT NOT NULL,
            accepted INTEGER NOT NULL, unauthorized INTEGER NOT NULL, malformed INTEGER NOT NULL,
            limited INTEGER NOT NULL, unavailable INTEGER NOT NULL, PRIMARY KEY (hour, project, receiver)) WITHOUT ROWID;
        CREATE TABLE receiver (project TEXT NOT NULL, receiver TEXT NOT NULL, lastDelivery INTEGER NOT NULL,
            lastSuccess INTEGER, PRIMARY KEY (project, receiver)) WITHOUT ROWID;
        """

    @Test func `A file of version 4 keeps its deliveries and its refreshes, and remembers what is sent`()
        throws
    {
        try makeFile(version: 4, madeByVersion4)
        let outbox = open()
        try outbox.checkWritable()
        #expect(try outbox.delivery("1")?.goals.map(\.fate) == [.pending(attempts: 0, lastError: nil)])
        let memory = EntityMemory(outbox)
        let (receiver, sent) = (
            ReceiverName(project: "a", name: "r"), SentEntity(object: "o", blueprint: "b", identifier: "i")
        )
        try memory.remember([sent], of: receiver, at: .now())
        #expect(try memory.entities(of: ["o"], by: receiver) == [sent])
    }

    /// What version 5 has made besides that is looked at here.
    private let madeByVersion5 = """
        CREATE TABLE catalogue (namespace TEXT NOT NULL, name TEXT NOT NULL, token INTEGER NOT NULL,
            state INTEGER NOT NULL, requested INTEGER NOT NULL, due INTEGER NOT NULL,
            attempts INTEGER NOT NULL DEFAULT 0, finished INTEGER, error TEXT, deliveredToken INTEGER,
            PRIMARY KEY (namespace, name)) WITHOUT ROWID;
        CREATE INDEX catalogueByDue ON catalogue (due) WHERE state = 0;
        INSERT INTO catalogue (namespace, name, token, state, requested, due) VALUES ('a/r', 'o', 1000, 0, 1000, 1000);
        """

    @Test func `What waits in a file of version 5 is found, and so is what still runs of it writes`() throws {
        try makeFile(version: 5, madeByVersion4 + madeByVersion5)
        let outbox = open()
        func due() throws -> [String] {
            try outbox.due(at: .now(), limit: 9, excluding: [], in: .catalogue).map(\.refresh.target.name)
        }
        #expect(try due() == ["o"])
        try DatabaseQueue(path: "\(folder.path)/outbox.sqlite").write { database in
            try database.execute(
                sql: """
                    INSERT INTO catalogue (namespace, name, token, state, requested, due)
                    VALUES ('a/r', 'p', 2000, 0, 2000, 2000)
                    """
            )
        }
        #expect(try due() == ["o", "p"])
        #expect(try outbox.delivery("1")?.goals.map(\.fate) == [.pending(attempts: 0, lastError: nil)])
    }

    @Test func `A body of which a part may be missing is taken for cut`() throws {
        try makeFile(version: 3, "UPDATE delivery SET body = zeroblob(\(DeliveryRecord.bodyLimit))")
        let outbox = open()
        try outbox.checkWritable()
        #expect(try outbox.delivery("1")?.bodyState == .cut)
    }

    @Test(arguments: 1...5) func `A guest does not touch it, and says who does`(_ version: Int) throws {
        try makeFile(version: version)
        for use in [GuestUse.reading, .writing] {
            let guest = Outbox(existingIn: folder.path, for: use)
            #expect {
                _ = try guest.pending()
            } throws: {
                "\($0)".contains("brings it up to date")
            }
        }
        let queue = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite")
        #expect(try queue.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == version)
    }
}
