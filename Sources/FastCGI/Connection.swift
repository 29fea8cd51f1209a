// SPDX-License-Identifier: Apache-2.0

internal import CLinux
internal import Glibc
internal import POSIX

/// One accepted connection, which never blocks: what has not come yet, or has no room yet, waits for the next turn.
///
/// Lives on the thread of its event loop.
final class Connection {
    let descriptor: Int32
    let acceptedAt = ContinuousClock.now
    var state = ConnectionState()

    /// Whether there was no room for all of a reply.
    var isSending = false

    /// When the rest of a request that has begun has to be there, or a reply has to be sent.
    private(set) var deadline: ContinuousClock.Instant?

    /// What the deadline is for, while reading.
    private var part = RequestReader.Part.head
    private var reader = RequestReader()

    /// The request that is being answered.
    private var incoming: RequestReader.Incoming?

    /// What came after a request and belongs to the next.
    private var readAhead: [UInt8] = []

    /// What is left of a reply.
    private var unsent: ArraySlice<UInt8> = []

    /// From its first byte a head gets this long, and then the body.
    ///
    /// Only nginx may speak to the socket, and nginx has a request whole before it sends it.
    static let requestTimeout = Duration.milliseconds(1000)

    /// A reply is a few hundred bytes as a rule, and fits any socket buffer.
    private static let replyTimeout = Duration.milliseconds(1000)

    /// How often to read in one turn, so that nobody's body keeps others waiting.
    private static let readsPerTurn = 32

    /// Takes over `descriptor`.
    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// The next connection that waits at `socket`, nil when there is none.
    static func accept(from socket: Int32) throws(FastCGIError) -> Connection? {
        do {
            return Connection(
                owning: try POSIX.systemCall("accepting a connection") { clinux_accept(socket) }
            )
        } catch let error where error.errno == EAGAIN || error.errno == ECONNABORTED {
            return nil
        } catch {
            throw FastCGIError(error)
        }
    }

    /// What reading has come to.
    enum Progress {
        case request(Request)
        /// The rest of it has not come yet.
        case incomplete
        /// The web server has closed the connection, or broken the protocol.
        case over
    }

    /// Reads what there is of a request, through `buffer`.
    func read(_ buffer: inout [UInt8], bodyLimit: Int) -> Progress {
        if !readAhead.isEmpty {
            let bytes = readAhead
            readAhead = []
            if let progress = take(bytes.span, bodyLimit) { return progress }
        }
        for _ in 0..<Self.readsPerTurn {
            let count = receive(&buffer, flags: 0)
            guard let count else { return .incomplete }
            guard count > 0 else { return cut() }
            if let progress = take(buffer.span.extracting(first: count), bodyLimit) { return progress }
            guard count == buffer.count else { return .incomplete }
        }
        return .incomplete
    }

    /// Ends a request of which the rest does not come: once its head is there, it gets an answer.
    func cut() -> Progress {
        guard let incoming = reader.cut() else { return .over }
        return begin(incoming)
    }

    /// Nil as long as the request is incomplete.
    private func take(_ bytes: Span<UInt8>, _ bodyLimit: Int) -> Progress? {
        var offset = 0
        switch reader.take(bytes, from: &offset, bodyLimit: bodyLimit) {
        case .incomplete(let part):
            extendDeadline(part)
            return nil
        case .whole(let incoming):
            if offset < bytes.count, incoming.keepsConnection {
                readAhead.append(bytes, offset..<bytes.count)
            }
            return begin(incoming)
        case .unacceptable: return .over
        }
    }

    private func begin(_ incoming: RequestReader.Incoming) -> Progress {
        self.incoming = incoming
        (reader, part, deadline) = (RequestReader(), .head, nil)
        return .request(incoming.request)
    }

    private func extendDeadline(_ part: RequestReader.Part) {
        guard deadline == nil || part != self.part else { return }
        self.part = part
        deadline = .now + Self.requestTimeout
    }

    /// How many bytes have come, zero for the end; nil for none yet.
    private func receive(_ buffer: inout [UInt8], flags: Int32) -> Int? {
        do {
            return try POSIX.systemCall("receiving") { unsafe recv(descriptor, &buffer, buffer.count, flags) }
        } catch {
            return error.errno == EAGAIN ? nil : 0
        }
    }
}

extension Connection {
    /// What sending has come to.
    enum Sent {
        case all
        /// There is no room for the rest yet.
        case partly
        /// The web server is gone.
        case failed
    }

    /// Sends the reply, as far as there is room.
    func send(_ reply: Reply) -> Sent {
        unsent = reply.records(identifier: incoming?.identifier ?? 0)[...]
        deadline = .now + Self.replyTimeout
        return sendRest()
    }

    /// Goes on sending.
    func sendRest() -> Sent {
        while !unsent.isEmpty {
            do throws(SystemError) {
                let count = try POSIX.systemCall("sending") { () -> Int in
                    unsafe unsent.withUnsafeBytes {
                        unsafe Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
                    }
                }
                unsent = unsent.dropFirst(count)
            } catch {
                return error.errno == EAGAIN ? .partly : .failed
            }
        }
        (unsent, deadline) = ([], nil)
        return .all
    }

    /// Whether the web server expects the connection to outlive the reply.
    var isToBeKept: Bool { incoming?.keepsConnection == true }

    /// Whether a further request, or a part of one, has been read already.
    var hasReadAhead: Bool { !readAhead.isEmpty }

    /// Whether something is waiting to be read.
    var hasInput: Bool {
        var byte: [UInt8] = [0]
        return hasReadAhead || (receive(&byte, flags: Int32(MSG_PEEK)) ?? 0) > 0
    }

    /// From here on a Unix socket's peer cannot send any more, which it notices before it has sent anything.
    func refuseInput() { shutdown(descriptor, Int32(SHUT_RD)) }
}
