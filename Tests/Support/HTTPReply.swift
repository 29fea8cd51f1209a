// SPDX-License-Identifier: Apache-2.0

/// A reply, header fields in the order in which they came.
package struct HTTPReply: Sendable {
    package let status: Int
    package let headers: [(name: String, value: String)]
    package var body = ""

    /// Reads status line, or CGI's `Status` field, and header fields.
    package init(head: String) throws {
        var lines = head.split(separator: "\r\n")
        if lines.first?.hasPrefix("HTTP/") == true {
            lines[0] = "Status: \(lines[0].dropFirst("HTTP/1.1 ".count))"
        }
        headers = lines.map { line in
            let name = line.prefix { $0 != ":" }
            return (name.lowercased(), String(line.dropFirst(name.count + 1).drop { $0 == " " }))
        }
        let status = headers.first { $0.name == "status" }.flatMap { Int($0.value.prefix(3)) }
        guard let status else { throw Failure("no status in '\(head)'") }
        self.status = status
    }

    /// The field's value; several are joined with a comma (RFC 9110 §5.3).
    package subscript(name: String) -> String? {
        let values = headers.filter { $0.name == name.lowercased() }.map(\.value)
        return values.isEmpty ? nil : values.joined(separator: ", ")
    }
}
