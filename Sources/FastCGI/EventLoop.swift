// SPDX-License-Identifier: Apache-2.0

/// The responder loop: owns the listening socket and every connection, on one thread.
///
/// A turn reads every request that is ready, has them answered together, and replies to all. Connections
/// that are idle cost a descriptor and nothing else: libfcgi's own loop would give each a thread.
final class EventLoop {
    private let responder: any Responder
    private let mailbox: Mailbox
    private let report: @Sendable (String) -> Void
    private var epoll: Epoll
    private var connections: [Int32: Connection] = [:]

    /// What a connection is read into.
    private var buffer = [UInt8](repeating: 0, count: RequestHead.limit)

    /// Nil after libfcgi has closed its end.
    private var headChannel: HeadChannel?

    /// Connections on which a request has begun, and when the rest of its head has to be there.
    ///
    /// They are readable all the time, so they are not watched, and looked at again every few milliseconds.
    private var incomplete: [Int32: (connection: Connection, deadline: ContinuousClock.Instant)] = [:]
    private let watchdog = Watchdog()

    /// The limit of this turn.
    private var bodyLimit = 0

    /// Requests that are held open, by the number that their completions know.
    private var heldOpen: [UInt64: HeldOpen] = [:]
    private var nextIdentifier: UInt64 = 0

    private struct HeldOpen {
        let connection: Connection
        let fallback: @Sendable () -> Reply
        let deadline: ContinuousClock.Instant
    }

    /// Nil once the loop is stopping.
    private var listening: ListeningSocket?

    /// Connections at the same time.
    private let capacity: Int

    /// When to accept again after there were too many connections, or no descriptor for one.
    private var acceptAgainAt: ContinuousClock.Instant?

    /// When that was last said.
    private var lastReport: ContinuousClock.Instant?

    /// The end of the time for finishing what is in flight.
    private var stopBy: ContinuousClock.Instant?

    /// What is in flight when the process is told to stop gets this long.
    static let stopTimeout = Duration.seconds(10)

    /// Connections taken in one turn, so that other processes get their share of a burst.
    private static let acceptsPerTurn = 8

    init(
        listening: ListeningSocket,
        mailbox: Mailbox,
        capacity: Int,
        responder: any Responder,
        report: @escaping @Sendable (String) -> Void
    ) throws(FastCGIError) {
        self.capacity = capacity
        self.listening = listening
        self.mailbox = mailbox
        self.responder = responder
        self.report = report
        epoll = try Epoll()
        headChannel = try HeadChannel()
        try epoll.add(mailbox.descriptor)
        try epoll.add(listening.descriptor, isShared: true)
    }

    /// Runs until it is told to stop and everything in flight is answered.
    func run() throws(FastCGIError) {
        while stopBy == nil || !connections.isEmpty {
            let readable = try epoll.wait(timeout: timeout)
            bodyLimit = responder.bodyLimit
            let begun = incomplete.values.compactMap { readRequest(on: $0.connection) }
            answer(begun + readable.compactMap { $0 == mailbox.descriptor ? nil : read($0) })
            if readable.contains(mailbox.descriptor) { try readMail() }
            endWhatIsHeldTooLong()
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
        return readRequest(on: connection)
    }

    /// Reads a request to its end; nil where there is none, or its head is not whole yet.
    private func readRequest(on connection: Connection) -> (Connection, Request)? {
        let descriptor = connection.descriptor
        let (head, count) = connection.head(&buffer) ?? (nil, 0)
        let deadline = incomplete[descriptor]?.deadline
        if head == .partial, deadline.map({ $0 > .now }) ?? true {
            if deadline == nil {
                incomplete[descriptor] = (connection, .now + Connection.requestTimeout)
                epoll.remove(descriptor)
            }
            return nil
        }
        if incomplete.removeValue(forKey: descriptor) != nil { watch(connection) }
        guard case .whole(let contents) = head, connections[descriptor] != nil,
            let request = read(contents, count, on: connection)
        else {
            drop(connection)
            return nil
        }
        connection.state.received()
        return (connection, request)
    }

    private func read(_ head: RequestHead.Contents, _ count: Int, on connection: Connection) -> Request? {
        let channel: HeadChannel
        do { channel = try headChannel ?? HeadChannel() } catch {
            report("\(error)")
            return nil
        }
        let request = watchdog.limit(connection.descriptor, to: Connection.requestTimeout) {
            connection.read(head, &buffer, count: count, through: channel, bodyLimit: bodyLimit)
        }
        // What libfcgi did not take may still be in there.
        headChannel = request == nil ? nil : channel
        return request
    }

    private func watch(_ connection: Connection) {
        do { try epoll.add(connection.descriptor) } catch {
            report("\(error)")
            drop(connection)
        }
    }

    private func drop(_ connection: Connection) {
        connection.state.failed()
        connections[connection.descriptor] = nil
    }

    private func answer(_ turn: [(connection: Connection, request: Request)]) {
        guard !turn.isEmpty else { return }
        let responses = responder.respond(to: turn.map(\.request))
        precondition(responses.count == turn.count, "every request of a turn needs its response")
        for (connection, response) in zip(turn.map(\.connection), responses) {
            switch response {
            case .now(let reply): write(reply, to: connection)
            case .later(let timeout, let fallback, let begin):
                begin(hold(connection, fallback, until: .now + timeout))
            }
        }
    }

    private func write(_ reply: Reply, to connection: Connection) {
        connection.state.replied(isOpen: connection.write(reply))
        if connection.state.isClosed { connections[connection.descriptor] = nil }
        if stopBy != nil { letGo(connection) }
    }

    /// Meanwhile the connection is not watched: a peer that is gone would make it readable for ever.
    private func hold(
        _ connection: Connection,
        _ fallback: @escaping @Sendable () -> Reply,
        until deadline: ContinuousClock.Instant
    ) -> Completion {
        nextIdentifier += 1
        heldOpen[nextIdentifier] = HeldOpen(connection: connection, fallback: fallback, deadline: deadline)
        epoll.remove(connection.descriptor)
        return Completion(identifier: nextIdentifier, mailbox: mailbox)
    }

    private func end(_ identifier: UInt64, with reply: () -> Reply) {
        guard let held = heldOpen.removeValue(forKey: identifier) else { return }
        let connection = held.connection
        write(reply(), to: connection)
        guard connections[connection.descriptor] != nil else { return }
        watch(connection)
    }

    private func readMail() throws(FastCGIError) {
        let mail = mailbox.take()
        for (identifier, reply) in mail.replies { end(identifier, with: reply) }
        if mail.isStopping { try stop() }
    }

    private func endWhatIsHeldTooLong() {
        guard !heldOpen.isEmpty else { return }
        let now = ContinuousClock.now
        for (identifier, held) in heldOpen where held.deadline <= now { end(identifier, with: held.fallback) }
    }

    private func accept(atMost limit: Int) {
        guard let listening else { return }
        for _ in 0..<limit {
            // To the last one, when it is the last chance.
            guard connections.count < capacity || limit == .max else {
                return pauseAccepting("\(connections.count) connections are open")
            }
            do {
                guard let connection = try Connection.accept(from: listening.descriptor) else { return }
                try epoll.add(connection.descriptor)
                connections[connection.descriptor] = connection
            } catch {
                return pauseAccepting("\(error)")
            }
        }
    }

    /// Those who wait stay in the backlog meanwhile; to be turned away would lose what is sent only once.
    private func pauseAccepting(_ reason: String) {
        guard let listening else { return }
        if lastReport.map({ $0 + .seconds(10) <= .now }) ?? true {
            report("\(reason); trying again every 100 ms: raise the limit of open files")
            lastReport = .now
        }
        epoll.remove(listening.descriptor)
        acceptAgainAt = .now + .milliseconds(100)
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
        accept(atMost: .max)
        acceptAgainAt = nil
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

    /// While stopping, a connection on which nothing comes is not waited for longer than a request may take.
    private func closeWhatIsOverdue() {
        guard let stopBy else { return }
        let now = ContinuousClock.now
        for connection in Array(connections.values) {
            let isOverdue = connection.acceptedAt + Connection.requestTimeout <= now || stopBy <= now
            if isOverdue, !connection.hasInput, connection.state.giveUp() == .close {
                connections[connection.descriptor] = nil
            }
        }
        guard stopBy <= now, !connections.isEmpty else { return }
        report("\(connections.count) request(s) still in flight after \(Self.stopTimeout) are cut off")
        connections = [:]
    }

    /// Until the next thing that happens by itself.
    private var timeout: Duration? {
        var times = heldOpen.values.map(\.deadline)
        if let acceptAgainAt { times.append(acceptAgainAt) }
        if !incomplete.isEmpty { times.append(.now + .milliseconds(5)) }
        if stopBy != nil { times.append(.now + .milliseconds(20)) }
        return times.min().map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }
}
