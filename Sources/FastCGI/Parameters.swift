// SPDX-License-Identifier: Apache-2.0

/// The CGI meta-variables of a request (RFC 3875 §4.1) in the order in which they came, copied out of
/// libfcgi into one buffer.
package struct Parameters: Sendable {
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    /// Where a `name=value` is.
    private struct Entry {
        let start: Int32
        let equals: Int32
        let end: Int32

        var name: Range<Int> { Int(start)..<Int(equals) }
        var value: Range<Int> { Int(equals) + 1..<Int(end) }
    }

    /// For requests that come from elsewhere than libfcgi, such as a test.
    package init(_ variables: [(name: String, value: String)]) {
        for (name, value) in variables { append("\(name)=\(value)".utf8) }
    }

    /// Makes room for so many bytes, and for what nginx usually sends, so that a request costs two allocations.
    init(capacity: Int = 0) {
        bytes.reserveCapacity(capacity)
        entries.reserveCapacity(40)
    }

    /// Adds a `name=value`; what has no `=` is no variable and is left out.
    mutating func append(_ variable: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: variable)
        guard let equals = bytes[start...].firstIndex(of: UInt8(ascii: "=")) else { return }
        entries.append(Entry(start: Int32(start), equals: Int32(equals), end: Int32(bytes.count)))
    }

    /// The first value of `name`, nil where it was not sent.
    package subscript(name: String) -> String? {
        // Most differ in length already.
        entries.first { $0.name.count == name.utf8.count && bytes[$0.name].elementsEqual(name.utf8) }
            .map(value)
    }

    /// Every value of a header field (RFC 3875 §4.1.18); `name` is given in lower case.
    package func values(ofHeader name: String) -> [String] {
        let prefix = name == "content-type" ? "" : "HTTP_"
        let count = prefix.utf8.count + name.utf8.count
        return entries.filter { entry in
            entry.name.count == count && bytes[entry.name].starts(with: prefix.utf8)
                && bytes[entry.name].dropFirst(prefix.utf8.count).elementsEqual(name.utf8, by: isVariable)
        }.map(value)
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
