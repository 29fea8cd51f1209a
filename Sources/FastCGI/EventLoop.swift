// SPDX-License-Identifier: Apache-2.0

/// The responder loop: owns the listening socket and every connection, on one thread.
///
/// A turn reads every request that is ready, has them answered together, and replies to all. Connections
/// that are idle cost a descriptor and nothing else: libfcgi's own loop would give each a thread.
final class EventLoop {
    private let responder: any Responder
    private let wakeUp: WakeUp
    private let report: @Sendable (String) -> Void
    private var epoll: Epoll
    private var connections: [Int32: Connection] = [:]

    /// Nil once the loop is stopping.
    private var listening: ListeningSocket?

    /// When to accept again after the process ran out of descriptors.
    private var acceptAgainAt: ContinuousClock.Instant?

    /// The end of the time for finishing what is in flight.
    private var stopBy: ContinuousClock.Instant?

    /// What is in flight when the process is told to stop gets this long.
    static let stopTimeout = Duration.seconds(10)

    /// Connections taken in one turn, so that other processes get their share of a burst.
    private static let acceptsPerTurn = 8

    init(
        listening: ListeningSocket,
        wakeUp: WakeUp,
        responder: any Responder,
        report: @escaping @Sendable (String) -> Void
    ) throws(FastCGIError) {
        self.listening = listening
        self.wakeUp = wakeUp
        self.responder = responder
        self.report = report
        epoll = try Epoll()
        try epoll.add(wakeUp.descriptor)
        try epoll.add(listening.descriptor, isShared: true)
    }

    /// Runs until it is told to stop and everything in flight is answered.
    func run() throws(FastCGIError) {
        while stopBy == nil || !connections.isEmpty {
            let readable = try epoll.wait(timeout: timeout)
            answer(readable.compactMap { $0 == wakeUp.descriptor ? nil : read($0) })
            if readable.contains(wakeUp.descriptor) { try stop() }
            try resumeAccepting()
            closeWhatIsOverdue()
        }
    }

    /// Reads what `descriptor` has; a listening socket has connections, which speak in the next turn.
    private func read(_ descriptor: Int32) -> (Connection, Request)? {
        if descriptor == listening?.descriptor {
            accept(atMost: Self.acceptsPerTurn)
            return nil
        }
        guard let connection = connections[descriptor], connection.state.readable() == .read else {
            return nil
        }
        guard let request = connection.read(bodyLimit: responder.bodyLimit) else {
            connection.state.failed()
            connections[descriptor] = nil
            return nil
        }
        connection.state.received()
        return (connection, request)
    }

    private func answer(_ turn: [(connection: Connection, request: Request)]) {
        guard !turn.isEmpty else { return }
        let replies = responder.respond(to: turn.map(\.request))
        precondition(replies.count == turn.count, "every request of a turn needs its reply")
        for (connection, reply) in zip(turn.map(\.connection), replies) {
            connection.state.replied(isOpen: connection.write(reply))
            if connection.state.isClosed { connections[connection.descriptor] = nil }
            if stopBy != nil { letGo(connection) }
        }
    }

    private func accept(atMost limit: Int) {
        guard let listening else { return }
        for _ in 0..<limit {
            do {
                guard let connection = try Connection.accept(from: listening.descriptor) else { return }
                try epoll.add(connection.descriptor)
                connections[connection.descriptor] = connection
            } catch {
                // Out of descriptors or memory: those who wait stay in the backlog meanwhile.
                report("\(error); accepting again in 100 ms, raise the limit of open files if this repeats")
                epoll.remove(listening.descriptor)
                acceptAgainAt = .now + .milliseconds(100)
                return
            }
        }
    }

    private func resumeAccepting() throws(FastCGIError) {
        guard let time = acceptAgainAt, time <= .now, let listening else { return }
        acceptAgainAt = nil
        try epoll.add(listening.descriptor, isShared: true)
    }

    /// Takes whoever waits already, gives up the socket, and lets go of connections nobody is using.
    ///
    /// Where no other process shares the socket it is gone at once, and a web server is refused cleanly
    /// instead of being cut off later.
    private func stop() throws(FastCGIError) {
        guard listening != nil else { return }
        if acceptAgainAt == nil, let listening { epoll.remove(listening.descriptor) }
        acceptAgainAt = nil
        accept(atMost: .max)
        // Nothing in between, not even a reference that lives on: whoever connects meanwhile is cut off.
        listening = nil
        stopBy = .now + Self.stopTimeout
        for connection in Array(connections.values) { letGo(connection) }
    }

    /// While stopping, closes a kept connection, unless a request has come on it already.
    ///
    /// Whoever sends one later is refused before it has sent anything, and goes elsewhere.
    private func letGo(_ connection: Connection) {
        if connection.state.isKept { connection.refuseInput() }
        if connection.state.stop(hasInput: connection.hasInput) == .close {
            connections[connection.descriptor] = nil
        }
    }

    /// While stopping, a connection on which nothing comes is not waited for longer than a stalled peer is.
    private func closeWhatIsOverdue() {
        guard let stopBy else { return }
        let now = ContinuousClock.now
        for connection in Array(connections.values) {
            let isOverdue = connection.acceptedAt + Connection.receiveTimeout <= now || stopBy <= now
            if isOverdue, !connection.hasInput, connection.state.giveUp() == .close {
                connections[connection.descriptor] = nil
            }
        }
        if stopBy <= now { connections = [:] }
    }

    private var timeout: Duration? {
        stopBy != nil
            ? .milliseconds(20) : acceptAgainAt.map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }
}
