// SPDX-License-Identifier: Apache-2.0

/// What goes back to the web server for one request.
package struct Reply: Sendable, Equatable {
    /// The HTTP status.
    package let status: Int
    package let headers: [Header]
    package let body: [UInt8]

    /// A line for the web server's error log (the FastCGI stderr stream), where people look first.
    package let errorLogLine: String?

    /// A header field; `Status` and `Content-Length` are added by themselves.
    package struct Header: Sendable, Equatable {
        package let name: String
        package let value: String

        package init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    package init(status: Int, headers: [Header], body: [UInt8], errorLogLine: String? = nil) {
        self.status = status
        self.headers = headers
        self.body = body
        self.errorLogLine = errorLogLine
    }

    /// The reply as a CGI response (RFC 3875 §6).
    var encoded: [UInt8] {
        var head = "Status: \(status)\r\nContent-Length: \(body.count)\r\n"
        for header in headers { head += "\(header.name): \(header.value)\r\n" }
        return Array((head + "\r\n").utf8) + body
    }
}
