// SPDX-License-Identifier: Apache-2.0

/// The CGI meta-variables of a request (RFC 3875 §4.1) in the order in which they came, in one buffer.
package struct Parameters: Sendable {
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// Where a name and its value are, one after the other.
    private struct Entry {
        let start: Int32
        let middle: Int32
        let end: Int32

        var name: Range<Int> { Int(start)..<Int(middle) }
        var value: Range<Int> { Int(middle)..<Int(end) }
    }

    /// For requests that come from elsewhere than a connection, such as a test.
    package init(_ variables: [(name: String, value: String)] = []) {
        for (name, value) in variables {
            let start = bytes.count
            bytes += name.utf8
            let middle = bytes.count
            bytes += value.utf8
            entries.append(Entry(start: Int32(start), middle: Int32(middle), end: Int32(bytes.count)))
        }
    }

    /// Takes over name-value pairs as they are sent (FastCGI 1.0 §3.4); nil unless each is as long as it says.
    init?(pairs: [UInt8]) {
        bytes = pairs
        // What nginx usually sends.
        entries.reserveCapacity(40)
        var offset = 0
        while offset < bytes.count {
            guard let name = length(at: &offset), let value = length(at: &offset),
                name + value <= bytes.count - offset
            else { return nil }
            let (middle, end) = (offset + name, offset + name + value)
            entries.append(Entry(start: Int32(offset), middle: Int32(middle), end: Int32(end)))
            offset = end
        }
    }

    /// A length of one byte or of four, and past it.
    private func length(at offset: inout Int) -> Int? {
        guard offset < bytes.count else { return nil }
        let first = Int(bytes[offset])
        guard first >= 0x80 else {
            offset += 1
            return first
        }
        guard offset + 4 <= bytes.count else { return nil }
        defer { offset += 4 }
        return bytes[offset..<offset + 4].reduce(0) { $0 << 8 | Int($1) } & 0x7FFF_FFFF
    }

    /// The first value of `name`, nil where it was not sent.
    package subscript(name: String) -> String? {
        entries.first { matches($0.name, name, by: ==) }.map(value)
    }

    /// Every value of `name`, for what must not be believed when it was sent twice.
    package func values(of name: String) -> [String] {
        entries.filter { matches($0.name, name, by: ==) }.map(value)
    }

    /// Every value of a header field (RFC 3875 §4.1.18); `name` is given in lower case.
    package func values(ofHeader name: String) -> [String] {
        let prefix = name == "content-type" ? "" : "HTTP_"
        return entries.filter { entry in
            // Most differ in length already.
            guard entry.name.count == prefix.utf8.count + name.utf8.count else { return false }
            let rest = entry.name.lowerBound + prefix.utf8.count
            return matches(rest..<entry.name.upperBound, name, by: isVariable)
                && matches(entry.name.lowerBound..<rest, prefix, by: ==)
        }.map(value)
    }

    private func matches(_ range: Range<Int>, _ name: String, by isSame: (UInt8, UInt8) -> Bool) -> Bool {
        let name = name.utf8Span.span
        guard range.count == name.count else { return false }
        for index in name.indices where !isSame(bytes[range.lowerBound + index], name[index]) { return false }
        return true
    }

    /// The header fields, `name: value`, one a line, names in lower case, in one pass.
    ///
    /// Without those whose variable's name `isOmitted` (`HTTP_X_TOKEN` comes to it as `X_TOKEN`), and those for which there
    /// is no room among `limit` bytes.
    package func headers(limit: Int, omitting isOmitted: (ArraySlice<UInt8>) -> Bool) -> String {
        var text: [UInt8] = []
        text.reserveCapacity(min(limit, 512))
        for entry in entries {
            let isHeader = entry.name.count >= 5 && matches(entry.name.prefix(5), "HTTP_", by: ==)
            let name = isHeader ? entry.name.dropFirst(5) : entry.name
            // That one comes by itself (RFC 3875 §4.1.3), and nginx passes it once more with the others.
            guard isHeader != matches(name, "CONTENT_TYPE", by: ==) else { continue }
            let field = bytes[name]
            let value = bytes[entry.value]
            guard text.count + field.count + value.count + 3 <= limit, !isOmitted(field),
                // No header field has one (RFC 9110 §5.5), but whoever reaches the socket can say so.
                !value.contains(UInt8(ascii: "\n"))
            else { continue }
            for byte in field {
                switch byte {
                case UInt8(ascii: "_"): text.append(UInt8(ascii: "-"))
                case UInt8(ascii: "A")...UInt8(ascii: "Z"): text.append(byte + 0x20)
                default: text.append(byte)
                }
            }
            text.append(UInt8(ascii: ":"))
            text.append(UInt8(ascii: " "))
            text.append(contentsOf: value)
            text.append(UInt8(ascii: "\n"))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Whether a byte of a variable's name stands for this one of a header field's.
    private func isVariable(_ byte: UInt8, for original: UInt8) -> Bool {
        switch original {
        case UInt8(ascii: "-"): byte == UInt8(ascii: "_")
        case UInt8(ascii: "a")...UInt8(ascii: "z"): byte == original - 0x20
        default: byte == original
        }
    }

    private func value(_ entry: Entry) -> String { String(decoding: bytes[entry.value], as: UTF8.self) }
}
