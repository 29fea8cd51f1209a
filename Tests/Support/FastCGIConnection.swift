// SPDX-License-Identifier: Apache-2.0

/// A connection straight to the responder's socket, for what nginx would never let through.
package final class FastCGIConnection: Sendable {
    private let socket: Socket

    package init(path: String) throws { socket = try Socket(path: path) }

    package func send(_ bytes: [UInt8]) throws { try socket.send(bytes) }

    package func finishSending() { socket.finishSending() }

    /// The reply to one request, read to its FCGI_END_REQUEST; nil when the connection ends before.
    package func receive() throws -> FastCGIReply? {
        var output: [UInt8] = []
        var errors: [UInt8] = []
        while let header = try receive(count: 8) {
            let length = Int(header[4]) << 8 + Int(header[5])
            guard let content = try receive(count: length), try receive(count: Int(header[6])) != nil else {
                return nil
            }
            switch header[1] {
            case 3: return try FastCGIReply(output: output, errors: String(decoding: errors, as: UTF8.self))
            case 6: output += content
            case 7: errors += content
            default: throw Failure("a record of type \(header[1]) in a reply")
            }
        }
        return nil
    }

    /// Sends a request and returns its reply.
    package func exchange(_ request: FastCGIRequest) throws -> FastCGIReply? {
        try send(request.encoded)
        return try receive()
    }

    /// Whether the responder has closed it; waits for that, or for a reply nobody asked for.
    package func isClosed() throws -> Bool { try socket.receive().isEmpty }

    private func receive(count: Int) throws -> [UInt8]? {
        var bytes: [UInt8] = []
        while bytes.count < count {
            let more = try socket.receive(atMost: count - bytes.count)
            if more.isEmpty { return nil }
            bytes += more
        }
        return bytes
    }
}
