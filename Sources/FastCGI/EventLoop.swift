// SPDX-License-Identifier: Apache-2.0

/// The responder loop: owns every connection, and who takes them, on one thread.
///
/// A turn reads every request that is ready, has them answered together, and replies to all. Connections
/// that are idle cost a descriptor and nothing else.
final class EventLoop {
    private let responder: any Responder
    private let mailbox: Mailbox
    private let report: @Sendable (String) -> Void
    private var epoll: Epoll
    private var connections: [Int32: Connection] = [:]

    /// What connections are read into.
    private var buffer = [UInt8](repeating: 0, count: 65_536)

    /// Connections on which a request has begun to come, or a reply to be sent: each has a deadline.
    private var unfinished: [Int32: Connection] = [:]

    /// Connections on which the next request came together with the one before.
    private var readAhead: [Int32: Connection] = [:]

    /// The limit of this turn.
    private var bodyLimit = 0

    private var heldOpen = HeldRequests()

    private var acceptor: Acceptor

    /// The end of the time for finishing what is in flight.
    private var stopBy: ContinuousClock.Instant?

    /// What is in flight when the process is told to stop gets this long.
    static let stopTimeout = Duration.seconds(10)

    init(
        listening: ListeningSocket,
        mailbox: Mailbox,
        capacity: Int,
        responder: any Responder,
        report: @escaping @Sendable (String) -> Void
    ) throws(FastCGIError) {
        self.mailbox = mailbox
        self.responder = responder
        self.report = report
        epoll = try Epoll()
        acceptor = try Acceptor(listening, capacity: capacity, epoll, report: report)
        try epoll.add(mailbox.descriptor)
    }

    /// Runs until it is told to stop and everything in flight is answered.
    func run() throws(FastCGIError) {
        while stopBy == nil || !connections.isEmpty {
            let ready = try epoll.wait(timeout: timeout)
            bodyLimit = responder.bodyLimit
            let next = readAhead.values.filter { !$0.isSending }
            answer(
                next.compactMap { readRequest(on: $0) }
                    + ready.compactMap { $0 == mailbox.descriptor ? nil : attend(to: $0) }
                    + cutWhatIsOverdue()
            )
            if ready.contains(mailbox.descriptor) { readMail() }
            endWhatIsHeldTooLong()
            try acceptor.resume(epoll)
            closeWhatIsOverdue()
        }
    }

    /// Does what `descriptor` is ready for; a listening socket has connections, which speak in the next turn.
    private func attend(to descriptor: Int32) -> (Connection, Request)? {
        if descriptor == acceptor.descriptor {
            take(acceptor.accept(besides: connections.count, epoll))
            return nil
        }
        guard let connection = connections[descriptor] else { return nil }
        if connection.isSending {
            finish(connection.sendRest(), on: connection)
            return nil
        }
        return readRequest(on: connection)
    }

    private func take(_ accepted: [Connection]) {
        for connection in accepted { connections[connection.descriptor] = connection }
    }

    /// Reads what there is of a request; nil where that is not all of it.
    private func readRequest(on connection: Connection) -> (Connection, Request)? {
        readAhead[connection.descriptor] = nil
        let before = connection.state
        guard connection.state.readable() == .read else { return nil }
        let progress = connection.read(&buffer, bodyLimit: bodyLimit)
        if connection.deadline == nil, case .incomplete = progress {
            // Nothing has come.
            connection.state = before
            return nil
        }
        return proceed(progress, on: connection)
    }

    private func proceed(_ progress: Connection.Progress, on connection: Connection) -> (Connection, Request)?
    {
        switch progress {
        case .request(let request):
            unfinished[connection.descriptor] = nil
            connection.state.received()
            return (connection, request)
        case .incomplete: unfinished[connection.descriptor] = connection
        case .over: drop(connection)
        }
        return nil
    }

    /// Requests and replies that take too long come to their end, one way or the other.
    private func cutWhatIsOverdue() -> [(Connection, Request)] {
        guard !unfinished.isEmpty else { return [] }
        let now = ContinuousClock.now
        let overdue = unfinished.values.filter { $0.deadline.map { $0 <= now } ?? false }
        return overdue.compactMap { connection in
            guard connection.isSending else { return proceed(connection.cut(), on: connection) }
            drop(connection)
            return nil
        }
    }

    private func watch(_ connection: Connection) {
        do { try epoll.add(connection.descriptor) } catch {
            report("\(error)")
            drop(connection)
        }
    }

    private func drop(_ connection: Connection) {
        connection.state.failed()
        forget(connection)
    }

    private func forget(_ connection: Connection) {
        connections[connection.descriptor] = nil
        unfinished[connection.descriptor] = nil
        readAhead[connection.descriptor] = nil
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
        finish(connection.send(reply), on: connection)
    }

    /// Goes on after as much of a reply was sent as there is room for.
    private func finish(_ sent: Connection.Sent, on connection: Connection) {
        let descriptor = connection.descriptor
        switch sent {
        case .all: break
        case .partly:
            guard !connection.isSending else { return }
            connection.isSending = true
            unfinished[descriptor] = connection
            epoll.remove(descriptor)
            do { try epoll.addForOutput(descriptor) } catch {
                report("\(error)")
                drop(connection)
            }
            return
        case .failed: return drop(connection)
        }
        if connection.isSending {
            connection.isSending = false
            unfinished[descriptor] = nil
            epoll.remove(descriptor)
            watch(connection)
        }
        guard !connection.state.isClosed else { return }
        connection.state.replied(isOpen: connection.isToBeKept)
        if connection.state.isClosed { forget(connection) }
        if connection.hasReadAhead, !connection.state.isClosed { readAhead[descriptor] = connection }
        if stopBy != nil { letGo(connection) }
    }

    /// Meanwhile the connection is not watched: a peer that is gone would make it readable for ever.
    private func hold(
        _ connection: Connection,
        _ fallback: @escaping @Sendable () -> Reply,
        until deadline: ContinuousClock.Instant
    ) -> Completion {
        epoll.remove(connection.descriptor)
        let identifier = heldOpen.insert(connection, fallback, until: deadline)
        return Completion(identifier: identifier, mailbox: mailbox)
    }

    private func end(_ held: HeldRequests.Held?, with reply: () -> Reply) {
        guard let connection = held?.connection, connections[connection.descriptor] != nil else { return }
        watch(connection)
        write(reply(), to: connection)
    }

    private func readMail() {
        let mail = mailbox.take()
        for (identifier, reply) in mail.replies {
            end(heldOpen.remove(identifier), with: reply)
        }
        if mail.isStopping { stop() }
    }

    private func endWhatIsHeldTooLong() {
        for held in heldOpen.removeOverdue() { end(held, with: held.fallback) }
    }

    /// Takes whoever waits already and nobody else, and lets go of connections that nobody is using.
    private func stop() {
        guard let last = acceptor.close(epoll) else { return }
        take(last)
        stopBy = .now + Self.stopTimeout
        for connection in Array(connections.values) { letGo(connection) }
    }

    /// While stopping, closes a kept connection, unless a request has come on it already.
    ///
    /// Whoever sends one later is refused before it has sent anything, and goes elsewhere.
    private func letGo(_ connection: Connection) {
        if connection.state.isKept { connection.refuseInput() }
        if connection.state.stop(hasInput: connection.hasInput) == .close {
            forget(connection)
        }
    }

    /// While stopping, a connection on which nothing comes is not waited for longer than a request may take.
    private func closeWhatIsOverdue() {
        guard let stopBy else { return }
        let now = ContinuousClock.now
        for connection in Array(connections.values) {
            let isOverdue = connection.acceptedAt + Connection.requestTimeout <= now || stopBy <= now
            if isOverdue, !connection.hasInput, connection.state.giveUp() == .close {
                forget(connection)
            }
        }
        guard stopBy <= now, !connections.isEmpty else { return }
        report("\(connections.count) request(s) still in flight after \(Self.stopTimeout) are cut off")
        (connections, unfinished, readAhead) = ([:], [:], [:])
    }

    /// Until the next thing that happens by itself.
    private var timeout: Duration? {
        var times = heldOpen.deadlines
        if let time = acceptor.resumesAt { times.append(time) }
        times += unfinished.values.compactMap(\.deadline)
        if !readAhead.isEmpty { times.append(.now) }
        if stopBy != nil { times.append(.now + .milliseconds(20)) }
        return times.min().map { max(.zero, ContinuousClock.now.duration(to: $0)) }
    }
}
