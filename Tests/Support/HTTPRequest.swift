// SPDX-License-Identifier: Apache-2.0

/// A request as it goes over the wire, odd ones included.
package struct HTTPRequest: Sendable {
    package var method: String
    package var path: String
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    package var host = "hooks.example.com"

    /// In chunks and without a Content-Length (RFC 9112 §7.1).
    package var isChunked: Bool

    package init(
        method: String = "POST",
        path: String,
        headers: [(name: String, value: String)] = [],
        body: [UInt8] = [],
        isChunked: Bool = false
    ) {
        self.method = method
        self.path = path
        self.headers = headers
        self.body = body
        self.isChunked = isChunked
    }

    package var encoded: [UInt8] {
        var head = "\(method) \(path) HTTP/1.1\r\nHost: \(host)\r\n"
        for (name, value) in headers { head += "\(name): \(value)\r\n" }
        guard isChunked else {
            if !body.isEmpty || method == "POST" { head += "Content-Length: \(body.count)\r\n" }
            return Array((head + "\r\n").utf8) + body
        }
        var bytes = Array((head + "Transfer-Encoding: chunked\r\n\r\n").utf8)
        for start in stride(from: 0, to: body.count, by: 60_000) {
            let chunk = body[start..<min(start + 60_000, body.count)]
            bytes += Array("\(String(chunk.count, radix: 16))\r\n".utf8) + chunk + Array("\r\n".utf8)
        }
        return bytes + Array("0\r\n\r\n".utf8)
    }
}
