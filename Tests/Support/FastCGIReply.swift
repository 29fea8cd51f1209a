// SPDX-License-Identifier: Apache-2.0

/// What came back over FastCGI: a CGI response, and what goes to the web server's error log.
package struct FastCGIReply {
    package let reply: HTTPReply
    package let errors: String

    package init(output: [UInt8], errors: String) throws {
        guard let end = output.firstRange(of: Array("\r\n\r\n".utf8)) else {
            throw Failure("no header fields in '\(String(decoding: output, as: UTF8.self))'")
        }
        var reply = try HTTPReply(head: String(decoding: output[..<end.lowerBound], as: UTF8.self))
        reply.body = String(decoding: output[end.upperBound...], as: UTF8.self)
        self.reply = reply
        self.errors = errors
    }

    package var status: Int { reply.status }
    package var body: String { reply.body }
}
