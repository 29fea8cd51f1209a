// SPDX-License-Identifier: Apache-2.0

internal import CFastCGI
internal import CLinux
internal import Glibc
internal import POSIX

/// One accepted connection and libfcgi's view of it.
///
/// Lives on the thread of its event loop.
///
/// The `FCGX_Request` is on the heap because libfcgi keeps pointers into it.
@safe final class Connection {
    let descriptor: Int32
    let acceptedAt: ContinuousClock.Instant
    var state = ConnectionState()
    private let request: UnsafeMutablePointer<FCGX_Request>

    /// A peer that stops half-way through a body holds up the whole loop for this long, and no longer.
    ///
    /// Only nginx may speak to the socket, and nginx has a request whole before it sends it.
    static let receiveTimeout = Duration.milliseconds(250)

    /// A peer that never stops, and never comes to the end, gets this long for the head and for the body.
    static let requestTimeout = Duration.milliseconds(1000)

    /// A reply is a few hundred bytes and fits any socket buffer.
    static let sendTimeout = Duration.milliseconds(1000)

    /// What is read and dropped of a body that is too large, so that the web server can send all of it and
    /// then read the reply.
    ///
    /// Past that the connection is closed.
    private static let largestDiscard = 64 << 20

    /// Takes over `descriptor`, which is blocking and has its time-outs from ``accept(from:)``.
    init(owning descriptor: Int32) {
        self.descriptor = descriptor
        acceptedAt = .now
        unsafe request = .allocate(capacity: 1)
        unsafe cfastcgi_adopt(request, descriptor)
    }

    deinit {
        unsafe FCGX_Free(request, 1)
        unsafe request.deallocate()
    }

    /// The next connection that waits at `socket`, nil when there is none.
    static func accept(from socket: Int32) throws(FastCGIError) -> Connection? {
        let descriptor: Int32
        do {
            descriptor = try POSIX.systemCall("accepting a connection") { clinux_accept(socket) }
        } catch let error where error.errno == EAGAIN || error.errno == ECONNABORTED {
            return nil
        } catch {
            throw FastCGIError(error)
        }
        do {
            try setTimeout(SO_RCVTIMEO, to: receiveTimeout, of: descriptor)
            try setTimeout(SO_SNDTIMEO, to: sendTimeout, of: descriptor)
        } catch {
            close(descriptor)
            throw error
        }
        return Connection(owning: descriptor)
    }

    /// Looks at what there is of a request, and leaves it there; nil when the peer has closed.
    ///
    /// `count` bytes of `buffer` are what there is.
    func head(_ buffer: inout [UInt8]) -> (head: RequestHead, count: Int)? {
        let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count > 0 ? (RequestHead(buffer[..<count]), count) : nil
    }

    /// Reads a request to its end, of which the first `count` bytes are in `buffer` already.
    ///
    /// Nil when libfcgi does not take the head. Nothing is read that comes after the request.
    func read(
        _ head: RequestHead.Contents,
        _ buffer: inout [UInt8],
        count: Int,
        through channel: HeadChannel,
        bodyLimit: Int
    ) -> Request? {
        guard channel.send(head.records) else { return nil }
        guard unsafe cfastcgi_read_head(request, channel.output) == 0 else {
            channel.outputWasClosed()
            return nil
        }
        var parameters = Parameters(capacity: head.length)
        var variable = unsafe request.pointee.envp
        while let entry = unsafe variable?.pointee {
            unsafe parameters.append(UnsafeRawBufferPointer(start: entry, count: strlen(entry)))
            unsafe variable = unsafe variable?.advanced(by: 1)
        }
        var records = BodyRecords(identifier: head.identifier)
        let body = readBody(
            announced: parameters["CONTENT_LENGTH"],
            limit: bodyLimit,
            &records,
            &buffer,
            head.length..<count
        )
        guard !records.isComplete else { return Request(parameters: parameters, body: body) }
        // Out of step with the peer: it still gets an answer, then the connection goes.
        unsafe request.pointee.keepConnection = 0
        guard case .complete(let bytes) = body, parameters["CONTENT_LENGTH"]?.isEmpty != false else {
            return Request(parameters: parameters, body: body)
        }
        // Without a length nobody can tell how much of it is missing.
        let isCut = Request.Body.mismatched(announced: "nothing", received: bytes.count)
        return Request(parameters: parameters, body: isCut)
    }

    /// Reads the body; what `range` of `buffer` has comes first.
    private func readBody(
        announced: String?,
        limit: Int,
        _ records: inout BodyRecords,
        _ buffer: inout [UInt8],
        _ range: Range<Int>
    ) -> Request.Body {
        let length = announced.flatMap { $0.isEmpty ? nil : $0 }
        // Digits alone (RFC 9110 §8.6): no sign, no space.
        let expected = length.flatMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) : nil }
        var body: [UInt8] = []
        body.reserveCapacity(min(max(expected ?? 0, 0), limit))
        var received = 0
        let consume = { (content: ArraySlice<UInt8>) in
            received += content.count
            if body.count + content.count <= limit { body += content }
        }
        let taken = records.take(buffer[range], consume)
        // They are there, and are taken off the connection now.
        var isOpen = receive(&buffer, range.lowerBound + taken) == range.lowerBound + taken
        while isOpen, records.missing > 0, received <= max(limit, Self.largestDiscard) {
            let count = receive(&buffer, min(records.missing, buffer.count))
            isOpen = count > 0
            _ = records.take(buffer[..<count], consume)
        }
        if received > limit || expected.map({ $0 > limit }) == true { return .tooLarge }
        if let length, expected != received { return .mismatched(announced: length, received: received) }
        return .complete(body)
    }

    /// Reads up to `count` bytes, and waits for the first; zero where none come.
    private func receive(_ buffer: inout [UInt8], _ count: Int) -> Int {
        let received = try? POSIX.systemCall("receiving") { unsafe recv(descriptor, &buffer, count, 0) }
        return received ?? 0
    }

    /// Writes the reply and ends the request.
    ///
    /// False when the connection did not outlive it.
    func write(_ reply: Reply) -> Bool {
        if let line = reply.errorLogLine { unsafe put(Array(line.utf8), request.pointee.err) }
        unsafe put(reply.encoded, request.pointee.out)
        unsafe FCGX_Finish_r(request)
        return unsafe cfastcgi_is_open(request) != 0
    }

    private func put(_ bytes: [UInt8], _ stream: UnsafeMutablePointer<FCGX_Stream>?) {
        unsafe bytes.withUnsafeBytes {
            _ = unsafe FCGX_PutStr(
                $0.baseAddress?.assumingMemoryBound(to: CChar.self),
                Int32($0.count),
                stream
            )
        }
    }

    /// Whether something is waiting to be read.
    var hasInput: Bool {
        var byte: UInt8 = 0
        return unsafe recv(descriptor, &byte, 1, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT)) > 0
    }

    /// From here on a Unix socket's peer cannot send any more, which it notices before it has sent anything.
    func refuseInput() { shutdown(descriptor, Int32(SHUT_RD)) }

    private static func setTimeout(
        _ option: Int32,
        to timeout: Duration,
        of descriptor: Int32
    ) throws(FastCGIError) {
        let (seconds, attoseconds) = timeout.components
        var value = timeval(tv_sec: Int(seconds), tv_usec: Int(attoseconds / 1_000_000_000_000))
        try systemCall("setting a connection's time-out") {
            unsafe setsockopt(descriptor, SOL_SOCKET, option, &value, socklen_t(MemoryLayout<timeval>.size))
        }
    }
}
