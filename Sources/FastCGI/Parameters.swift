// SPDX-License-Identifier: Apache-2.0

/// The CGI meta-variables of a request (RFC 3875 §4.1) in the order in which they came, copied out of
/// libfcgi into one buffer.
package struct Parameters: Sendable {
    private var bytes: [UInt8] = []
    private var entries: [Entry] = []

    private struct Entry {
        let name: Range<Int>
        let value: Range<Int>
    }

    /// For requests that come from elsewhere than libfcgi, such as a test.
    package init(_ variables: [(name: String, value: String)]) {
        for (name, value) in variables { append("\(name)=\(value)".utf8) }
    }

    /// Makes room for what nginx usually sends, so that a request costs two allocations.
    init() {
        bytes.reserveCapacity(2048)
        entries.reserveCapacity(40)
    }

    /// Adds a `name=value`; what has no `=` is no variable and is left out.
    mutating func append(_ variable: some Collection<UInt8>) {
        let start = bytes.count
        bytes.append(contentsOf: variable)
        guard let equals = bytes[start...].firstIndex(of: UInt8(ascii: "=")) else { return }
        entries.append(Entry(name: start..<equals, value: equals + 1..<bytes.count))
    }

    /// The first value of `name`, nil where it was not sent.
    package subscript(name: String) -> String? {
        let entry = entries.first { bytes[$0.name].elementsEqual(name.utf8) }
        return entry.map { String(decoding: bytes[$0.value], as: UTF8.self) }
    }

    /// Every variable whose name starts with `prefix`, without it.
    package func forEach(withPrefix prefix: String, _ body: (_ name: String, _ value: String) -> Void) {
        for entry in entries where bytes[entry.name].starts(with: prefix.utf8) {
            body(
                String(decoding: bytes[entry.name].dropFirst(prefix.utf8.count), as: UTF8.self),
                String(decoding: bytes[entry.value], as: UTF8.self)
            )
        }
    }
}
