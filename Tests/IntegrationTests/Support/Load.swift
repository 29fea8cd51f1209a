// SPDX-License-Identifier: Apache-2.0

import POSIX
import Synchronization

/// Clients that push one after the other on kept connections, each to a Warehouse of its own.
final class Load: Sendable {
    /// What one push led to.
    struct Push: Sendable {
        let warehouse: String
        let started: Timestamp
        let reply: HTTPReply

        /// What the Warehouse's file had when the reply was there.
        let token: Timestamp?
    }

    private let workers: [Worker<[Push]>]
    private let progress: Progress

    private final class Progress: Sendable {
        let isStopping = Atomic(false)
        let count = Atomic(0)
    }

    /// Starts pushing; a client ends when it is told to, or at the first reply that is no success.
    init(_ site: Site, clients: Int) throws {
        let progress = Progress()
        self.progress = progress
        workers = try (0..<clients).map { number in
            let request = try site.request(
                to: "harbor-receiver",
                Payload.harborPush(of: Self.repository(number))
            )
            let observer = site.observer
            let port = site.nginx.port
            return Worker { try Self.push(request, "kargo-demo/load-\(number)", observer, port, progress) }
        }
    }

    /// The manifests of Warehouses for so many clients.
    static func manifests(clients: Int) -> [String: String] {
        let warehouses = (0..<clients).map { Manifests.warehouse("load-\($0)", image: repository($0)) }
        return Manifests.sample.merging(["load.yaml": warehouses.joined(separator: "---\n")]) { $1 }
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

    private static func repository(_ number: Int) -> String { "registry.example.com/load/\(number)" }

    private static func push(
        _ request: HTTPRequest,
        _ warehouse: String,
        _ observer: SinkObserver,
        _ port: UInt16,
        _ progress: Progress
    ) throws -> [Push] {
        let connection = try HTTPConnection(port: port)
        var pushes: [Push] = []
        while !progress.isStopping.load(ordering: .relaxed),
            pushes.last.map({ $0.reply.status == 200 }) ?? true
        {
            let started = Timestamp.now()
            let reply = try connection.exchange(request)
            let token = try observer.token(of: warehouse)
            pushes.append(Push(warehouse: warehouse, started: started, reply: reply, token: token))
            progress.count.add(1, ordering: .relaxed)
        }
        return pushes
    }
}

extension [Load.Push] {
    /// The replies that were no success.
    var failures: [HTTPReply] { map(\.reply).filter { $0.status != 200 } }

    /// The pushes that were said to have led to a refresh that was not on disk.
    var lost: [Load.Push] {
        filter { push in push.reply.status == 200 && push.token.map { $0 < push.started } ?? true }
    }
}
