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
    func head(_ buffer: inout [UInt8]) -> RequestHead? {
        let count = unsafe recv(descriptor, &buffer, buffer.count, Int32(MSG_PEEK) | Int32(MSG_DONTWAIT))
        return count > 0 ? RequestHead(buffer[..<count]) : nil
    }

    /// Reads a request whose head is whole to its end, nil when there is none: the peer spoke nonsense.
    func read(bodyLimit: Int) -> Request? {
        // Finds all it waits for, and accepts nothing: see the shim.
        guard unsafe FCGX_Accept_r(request) == 0 else { return nil }
        var parameters = Parameters()
        var variable = unsafe request.pointee.envp
        while let entry = unsafe variable?.pointee {
            unsafe parameters.append(UnsafeRawBufferPointer(start: entry, count: strlen(entry)))
            unsafe variable = unsafe variable?.advanced(by: 1)
        }
        let body = readBody(announced: parameters["CONTENT_LENGTH"], limit: bodyLimit)
        guard unsafe cfastcgi_input_error(request) == 0 else {
            // Out of step with the peer: it still gets an answer, then the connection goes.
            unsafe request.pointee.keepConnection = 0
            guard case .complete(let bytes) = body, parameters["CONTENT_LENGTH"]?.isEmpty != false else {
                return Request(parameters: parameters, body: body)
            }
            // Without a length nobody can tell how much of it is missing.
            let isCut = Request.Body.mismatched(announced: "nothing", received: bytes.count)
            return Request(parameters: parameters, body: isCut)
        }
        return Request(parameters: parameters, body: body)
    }

    private func readBody(announced: String?, limit: Int) -> Request.Body {
        let length = announced.flatMap { $0.isEmpty ? nil : $0 }
        // Digits alone (RFC 9110 §8.6): no sign, no space.
        let expected = length.flatMap { $0.utf8.allSatisfy { (0x30...0x39).contains($0) } ? Int($0) : nil }
        var body: [UInt8] = []
        body.reserveCapacity(min(max(expected ?? 0, 0), limit))
        let received = unsafe readInput(upTo: max(limit, Self.largestDiscard)) { chunk in
            if body.count + chunk.count <= limit { unsafe body.append(contentsOf: chunk) }
        }
        if received > limit || expected.map({ $0 > limit }) == true { return .tooLarge }
        if let length, expected != received { return .mismatched(announced: length, received: received) }
        return .complete(body)
    }

    /// Hands the input to `consume` in pieces until its end and returns how many bytes there were.
    private func readInput(upTo limit: Int, _ consume: (UnsafeRawBufferPointer) -> Void) -> Int {
        unsafe withUnsafeTemporaryAllocation(byteCount: 16384, alignment: 1) { buffer in
            var total = 0
            while total <= limit {
                let count = unsafe FCGX_GetStr(
                    buffer.baseAddress?.assumingMemoryBound(to: CChar.self),
                    Int32(buffer.count),
                    request.pointee.in
                )
                if count <= 0 { return total }
                unsafe consume(UnsafeRawBufferPointer(rebasing: buffer[..<Int(count)]))
                total += Int(count)
            }
            unsafe request.pointee.keepConnection = 0
            return total
        }
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
