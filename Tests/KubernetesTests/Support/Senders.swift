// SPDX-License-Identifier: Apache-2.0

import POSIX
import Synchronization
import TestSupport

/// Clients that push one after the other, each for a Warehouse of its own.
final class Senders: Sendable {
    /// What one push led to.
    struct Push: Sendable {
        let warehouse: Int
        let started: Timestamp
        let status: Int
    }

    private let workers: [Worker<[Push]>]
    private let progress: Progress

    private final class Progress: Sendable {
        let isStopping = Atomic(false)
        let count = Atomic(0)
    }

    /// Starts one for each Warehouse of the project; a client ends when it is told to.
    init(_ site: Site, _ project: Project) {
        let progress = Progress()
        self.progress = progress
        let port = site.nginx.port
        workers = (0..<project.warehouseCount).map { index in
            Worker {
                let connection = try HTTPConnection(port: port)
                var pushes: [Push] = []
                while !progress.isStopping.load(ordering: .relaxed) {
                    let started = Timestamp.now()
                    let reply = try connection.exchange(try project.push(index))
                    pushes.append(Push(warehouse: index, started: started, status: reply.status))
                    progress.count.add(1, ordering: .relaxed)
                }
                return pushes
            }
        }
    }

    /// Waits until there were so many replies more.
    func waitForPushes(_ count: Int) throws {
        let goal = progress.count.load(ordering: .relaxed) + count
        try eventually("\(count) pushes", within: .seconds(60)) {
            progress.count.load(ordering: .relaxed) >= goal
        }
    }

    /// Ends the clients after the reply they wait for.
    func stop() throws -> [Push] {
        progress.isStopping.store(true, ordering: .relaxed)
        return try workers.flatMap { try $0.join() }
    }
}

extension [Senders.Push] {
    /// When the last push of each Warehouse began that was answered with success.
    var lastSuccesses: [Timestamp] {
        let times = Dictionary(
            filter { $0.status / 100 == 2 }.map { ($0.warehouse, $0.started) },
            uniquingKeysWith: Swift.max
        )
        return times.sorted { $0.key < $1.key }.map(\.value)
    }
}
