// SPDX-License-Identifier: Apache-2.0

/// What goes back to the web server for one request.
package struct Reply: Sendable, Equatable {
    /// The HTTP status.
    package let status: Int
    package let headers: [Header]
    package let body: [UInt8]

    /// A line for the web server's error log (the FastCGI stderr stream), where people look first.
    package let errorLogLine: String?

    /// False for a reply to HEAD: it has the length of the body, and not the body (RFC 9110 §9.3.2).
    package var hasBody = true

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
        var bytes: [UInt8] = []
        bytes.reserveCapacity(256 + body.count)
        bytes.append(field: "Status", String(status))
        bytes.append(field: "Content-Length", String(body.count))
        for header in headers { bytes.append(field: header.name, header.value) }
        bytes += "\r\n".utf8
        if hasBody { bytes += body }
        return bytes
    }
}

extension [UInt8] {
    fileprivate mutating func append(field name: String, _ value: String) {
        self += name.utf8
        self += ": ".utf8
        self += value.utf8
        self += "\r\n".utf8
    }
}
