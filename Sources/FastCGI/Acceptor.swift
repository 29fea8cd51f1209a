// SPDX-License-Identifier: Apache-2.0

/// Takes connections from a listening socket, and leaves those who wait in its backlog while there is no room for them.
struct Acceptor {
    /// Connections taken in one turn at least.
    private static let least = 8

    /// How long nothing is accepted when there was no room, and how rarely that is said.
    private static let pause = Duration.milliseconds(100)
    private static let silence = Duration.seconds(10)

    /// Nil once nobody is taken any more.
    private var listening: ListeningSocket?

    /// Connections at the same time.
    private let capacity: Int
    private let report: @Sendable (String) -> Void

    /// When to accept again after there were too many connections, or no descriptor for one.
    private(set) var resumesAt: ContinuousClock.Instant?

    /// When that was last said.
    private var lastReport: ContinuousClock.Instant?

    /// Begins to listen: `epoll` says when somebody waits.
    init(
        _ listening: ListeningSocket,
        capacity: Int,
        _ epoll: borrowing Epoll,
        report: @escaping @Sendable (String) -> Void
    ) throws(FastCGIError) {
        self.listening = listening
        self.capacity = capacity
        self.report = report
        try epoll.add(listening.descriptor, isShared: true)
    }

    /// What is ready when somebody waits.
    var descriptor: Int32? { listening?.descriptor }

    /// A turn's share of those who wait; `open` connections are there already.
    ///
    /// So many more are taken: a burst waits for a few turns, and other processes, which do the same, get their share of it.
    mutating func accept(besides open: Int, _ epoll: borrowing Epoll) -> [Connection] {
        accept(atMost: max(open, Self.least), besides: open, capacity, epoll)
    }

    /// Goes on after a pause that is over.
    mutating func resume(_ epoll: borrowing Epoll) throws(FastCGIError) {
        guard let time = resumesAt, time <= .now, let listening else { return }
        resumesAt = nil
        try epoll.add(listening.descriptor, isShared: true)
    }

    /// Takes all who wait, whatever the capacity, for it is the last chance, and gives up the socket; nil the second time.
    ///
    /// Where no other process shares the socket it is gone at once, and a web server is refused cleanly instead of being
    /// cut off later.
    mutating func close(_ epoll: borrowing Epoll) -> [Connection]? {
        guard let listening else { return nil }
        if resumesAt == nil { epoll.remove(listening.descriptor) }
        let last = accept(atMost: .max, besides: 0, .max, epoll)
        resumesAt = nil
        // Nothing comes after this, not even a reference that lives on: whoever connects meanwhile is cut off.
        self.listening = nil
        return last
    }

    private mutating func accept(
        atMost limit: Int,
        besides open: Int,
        _ capacity: Int,
        _ epoll: borrowing Epoll
    ) -> [Connection] {
        guard let listening else { return [] }
        listening.makeNonblocking()
        var accepted: [Connection] = []
        while accepted.count < limit {
            guard open + accepted.count < capacity else {
                pause("\(open + accepted.count) connections are open", epoll)
                break
            }
            do {
                guard let connection = try Connection.accept(from: listening.descriptor) else { break }
                try epoll.add(connection.descriptor)
                accepted.append(connection)
            } catch {
                pause("\(error)", epoll)
                break
            }
        }
        return accepted
    }

    /// Those who wait stay in the backlog meanwhile; to be turned away would lose what is sent only once.
    private mutating func pause(_ reason: String, _ epoll: borrowing Epoll) {
        guard let listening else { return }
        if lastReport.map({ $0 + Self.silence <= .now }) ?? true {
            report("\(reason); trying again every 100 ms: raise the limit of open files")
            lastReport = .now
        }
        epoll.remove(listening.descriptor)
        resumesAt = .now + Self.pause
    }
}
