// SPDX-License-Identifier: Apache-2.0

/// A client that keeps its connection, and can be told to wait between sending and receiving.
package final class HTTPConnection {
    private let socket: Socket
    private var received: [UInt8] = []

    package init(port: UInt16) throws { socket = try Socket(port: port) }

    package func send(_ request: HTTPRequest) throws { try socket.send(request.encoded) }

    package func send(_ bytes: [UInt8]) throws { try socket.send(bytes) }

    /// The next reply.
    ///
    /// One to HEAD has no body, whatever its Content-Length says.
    package func receive(hasBody: Bool = true) throws -> HTTPReply {
        var end = received.endOfHead
        while end == nil {
            try receiveMore()
            end = received.endOfHead
        }
        let head = received.prefix(end ?? 0)
        received.removeFirst(head.count)
        var reply = try HTTPReply(head: String(decoding: head, as: UTF8.self))
        guard hasBody else { return reply }
        guard let length = reply["Content-Length"].flatMap({ Int($0) }) else {
            throw Failure("a reply without Content-Length: \(reply)")
        }
        while received.count < length { try receiveMore() }
        reply.body = String(decoding: received.prefix(length), as: UTF8.self)
        received.removeFirst(length)
        return reply
    }

    /// Sends a request and returns its reply.
    package func exchange(_ request: HTTPRequest) throws -> HTTPReply {
        try send(request)
        return try receive(hasBody: request.method != "HEAD")
    }

    private func receiveMore() throws {
        let bytes = try socket.receive()
        guard !bytes.isEmpty else { throw Failure("the connection ended before the reply did: \(received)") }
        received += bytes
    }
}

extension [UInt8] {
    /// Where the header fields end, the empty line included.
    fileprivate var endOfHead: Int? { firstRange(of: Array("\r\n\r\n".utf8))?.upperBound }
}
