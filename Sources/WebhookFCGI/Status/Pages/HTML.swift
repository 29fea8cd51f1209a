// SPDX-License-Identifier: Apache-2.0

/// HTML in the making.
///
/// Names of elements and attributes are written in the program; whatever else comes in is text, and is escaped, because
/// most of it was written by strangers. There is no way past that.
struct HTML {
    private(set) var bytes: [UInt8] = []

    typealias Attributes = KeyValuePairs<StaticString, String>

    /// Adds an element and what `content` puts into it.
    mutating func element(
        _ name: StaticString,
        _ attributes: Attributes = [:],
        _ content: (inout HTML) -> Void
    ) {
        open(name, attributes)
        content(&self)
        write("</")
        write(name)
        write(">")
    }

    /// Adds an element with text.
    mutating func element(_ name: StaticString, _ attributes: Attributes = [:], _ text: String) {
        element(name, attributes) { $0.add(text) }
    }

    /// Adds the start of an element, and all of one that has no end, such as `input`.
    mutating func open(_ name: StaticString, _ attributes: Attributes = [:]) {
        write("<")
        write(name)
        for (name, value) in attributes where !value.isEmpty || name.description != "class" {
            write(" ")
            write(name)
            write("=\"")
            add(value)
            write("\"")
        }
        write(">")
    }

    /// Adds text of one line.
    mutating func add(_ text: String) {
        for byte in text.visible.utf8 {
            switch byte {
            case UInt8(ascii: "&"): write("&amp;")
            case UInt8(ascii: "<"): write("&lt;")
            case UInt8(ascii: ">"): write("&gt;")
            case UInt8(ascii: "\""): write("&quot;")
            case UInt8(ascii: "'"): write("&#39;")
            default: bytes.append(byte)
            }
        }
    }

    /// Adds text of several lines.
    mutating func add(lines text: String) {
        // By bytes: a line's end and what follows it may be one character.
        for (index, line) in text.utf8.split(separator: 0x0A, omittingEmptySubsequences: false).enumerated() {
            if index > 0 { bytes.append(0x0A) }
            add(String(Substring(line)))
        }
    }

    /// Adds a line of the program's own, such as the document's type.
    mutating func write(_ text: StaticString) {
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }
}
