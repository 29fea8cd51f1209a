// SPDX-License-Identifier: Apache-2.0

import Catalogue
import Dispatch
import GRDB
import Handlers
import NIOConcurrencyHelpers
import Outbox
import POSIX
import TestSupport
import Testing

@testable import WebhookFCGI

@Suite(.threadsOfTheirOwn) struct RememberedEntitiesTests {
    private let folder: TemporaryFolder
    private let outbox: Outbox
    private let receiver = ReceiverName(project: "p", name: "r")

    init() throws {
        folder = try TemporaryFolder()
        outbox = Outbox(directory: folder.path, settings: OutboxSettings()) { _ in }
        try outbox.checkWritable()
    }

    /// A single one for all tasks, which no other test keeps busy.
    private final class Thread: TaskExecutor {
        private let queue = DispatchQueue(label: "tasks")

        func enqueue(_ job: consuming ExecutorJob) {
            let job = UnownedJob(job)
            queue.async { unsafe job.runSynchronously(on: self.asUnownedTaskExecutor()) }
        }
    }

    @Test func `While the file is locked, tasks have their thread`() throws {
        let memory = EntityMemory(outbox)
        let sent = ResyncedEntities(RememberedEntities(memory: memory, receiver: receiver))
        let notes = ResyncNotes(EntityMemory(outbox), outbox, of: receiver, sent)
        let thread = Thread()
        let finished = NIOLockedValueBox<[Bool]>([])
        let writer = try DatabaseQueue(path: "\(folder.path)/outbox.sqlite")
        try writer.inDatabase { database in
            try database.execute(sql: "BEGIN IMMEDIATE")
            defer { try? database.execute(sql: "COMMIT") }
            for number in 0..<32 {
                let entities = RememberedEntities(memory: memory, receiver: receiver)
                let entry = LedgerEntry(
                    Entity.Key(blueprint: "b", identifier: "\(number)"),
                    from: .project("p\(number)")
                )
                Task(executorPreference: thread) {
                    do throws(CatalogueFailure) {
                        if number.isMultiple(of: 2) {
                            try await entities.remember([entry])
                        } else {
                            try await notes.keep("\(number)", started: .now())
                        }
                        finished.withLockedValue { $0.append(true) }
                    } catch {
                        finished.withLockedValue { $0.append(false) }
                    }
                }
            }
            let others = NIOLockedValueBox(0)
            for _ in 0..<32 { Task(executorPreference: thread) { others.withLockedValue { $0 += 1 } } }
            try eventually("other tasks have run") { others.withLockedValue { $0 } == 32 }
            #expect(finished.withLockedValue { $0 } == [])
        }
        try eventually("everything is kept") { finished.withLockedValue { $0.count } == 32 }
        #expect(finished.withLockedValue { $0.allSatisfy { $0 } })
    }
}
