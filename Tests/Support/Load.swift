// SPDX-License-Identifier: Apache-2.0

package import POSIX
import Synchronization

/// Clients that push one after the other on kept connections, each to a Warehouse of its own.
package final class Load {
    /// What one push led to.
    package struct Push: Sendable {
        package let warehouse: String
        package let started: Timestamp
        package let reply: HTTPReply

        /// What the Warehouse's file had when the reply was there.
        package let token: Timestamp?

        /// It will be refreshed: it was accepted, or nginx sent it again after a process had accepted it and died.
        package var isPromised: Bool { reply.status == 202 || reply.body.contains("duplicate of delivery") }

        /// It has been refreshed, or it will be.
        package var isSuccess: Bool { [200, 202].contains(reply.status) }
    }

    private let site: Site
    private let workers: [Worker<[Push]>]
    private let progress: Progress

    private final class Progress: Sendable {
        let isStopping = Atomic(false)
        let count = Atomic(0)
    }

    /// Starts pushing; a client ends when it is told to, or at the first reply that is no success.
    package init(_ site: Site, clients: Int) throws {
        let progress = Progress()
        self.progress = progress
        self.site = site
        workers = try (0..<clients).map { number in
            let request = try site.request()
            let (observer, port) = (site.observer, site.nginx.port)
            return Worker { try Self.push(request, number, observer, port, progress) }
        }
    }

    /// The manifests of Warehouses for so many clients.
    package static func manifests(clients: Int) -> [String: String] {
        let warehouses = (0..<clients).map { Manifests.warehouse("load-\($0)", image: repository($0)) }
        return Manifests.sample.merging(["load.yaml": warehouses.joined(separator: "---\n")]) { $1 }
    }

    /// Waits until there were so many replies more.
    package func waitForPushes(_ count: Int) throws {
        let goal = progress.count.load(ordering: .relaxed) + count
        try eventually("\(count) pushes", within: .seconds(60)) {
            progress.count.load(ordering: .relaxed) >= goal
        }
    }

    /// Ends the clients after the reply they wait for.
    package func stop() throws -> [Push] {
        progress.isStopping.store(true, ordering: .relaxed)
        let pushes = try workers.flatMap { try $0.join() }
        let accepted = pushes.filter(\.isPromised)
        guard !accepted.isEmpty else { return pushes }
        // What was accepted is kept by the outbox: when no process is left, by the next one.
        let next =
            site.responder.pids.contains(where: isRunning) ? nil : try Responder(.listening, in: site.folder)
        defer { next?.end() }
        try eventually("what was accepted is refreshed") {
            try accepted.allSatisfy { push in
                try site.token(of: push.warehouse).map { $0 >= push.started } ?? false
            }
        }
        return pushes
    }

    private static func repository(_ number: Int) -> String { "registry.example.com/load/\(number)" }

    private static func push(
        _ request: HTTPRequest,
        _ number: Int,
        _ observer: SinkObserver,
        _ port: UInt16,
        _ progress: Progress
    ) throws -> [Push] {
        let connection = try HTTPConnection(port: port)
        let warehouse = "kargo-demo/load-\(number)"
        var request = request
        var pushes: [Push] = []
        while !progress.isStopping.load(ordering: .relaxed), pushes.last?.isSuccess ?? true {
            request.body = Payload.harborPush(of: repository(number))
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
    package var failures: [HTTPReply] { filter { !$0.isSuccess }.map(\.reply) }

    /// The pushes that were said to have led to a refresh that was not on disk.
    package var lost: [Load.Push] {
        filter { push in
            push.reply.status == 200 && !push.isPromised && push.token.map { $0 < push.started } ?? true
        }
    }
}
