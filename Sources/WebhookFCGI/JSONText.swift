// SPDX-License-Identifier: Apache-2.0

/// JSON in the making, for what is written with every delivery: a general encoder costs ten times as much.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// `capacity` saves growing.
    init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Adds what is written in the program, as it is.
    mutating func append(_ text: StaticString) {
        unsafe bytes.append(
            contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        )
    }

    /// Adds text as it is.
    mutating func append(_ text: String) {
        unsafe text.withBytes { unsafe bytes.append(contentsOf: $0) }
    }

    /// Adds bytes as they are.
    mutating func append(_ more: [UInt8]) { bytes += more }

    /// Adds a string (RFC 8259 §7).
    mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        append(escaped: text)
        bytes.append(UInt8(ascii: "\""))
    }

    /// Adds what is a part of a string.
    mutating func append(escaped text: String) {
        unsafe text.withBytes { unsafe appendEscaped($0) }
    }

    /// Adds what is a part of a string, in UTF-8.
    mutating func append(escaped text: [UInt8]) {
        unsafe text.withUnsafeBufferPointer { unsafe appendEscaped($0) }
    }

    /// Copies what needs no escaping in one piece.
    private mutating func appendEscaped(_ text: UnsafeBufferPointer<UInt8>) {
        var start = 0
        for index in text.indices {
            let byte = unsafe text[index]
            // One look for most bytes.
            guard byte < UInt8(ascii: "#") || byte == UInt8(ascii: "\\") || byte >= 0x7F else { continue }
            guard byte != UInt8(ascii: " "), byte != UInt8(ascii: "!") else { continue }
            let scalar = unsafe byte < 0x80 ? Unicode.Scalar(byte) : text[index...].firstScalar
            guard let escaped = scalar.escaped else { continue }
            unsafe bytes.append(contentsOf: text[start..<index])
            append(escaped)
            start = index + UTF8.width(scalar)
        }
        unsafe bytes.append(contentsOf: text[start...])
    }
}

extension String {
    /// Calls `body` with the UTF-8 where it is; `withUTF8` would first make a copy that it may change.
    fileprivate func withBytes(_ body: (UnsafeBufferPointer<UInt8>) -> Void) {
        if unsafe utf8.withContiguousStorageIfAvailable(body) != nil { return }
        unsafe Array(utf8).withUnsafeBufferPointer(body)
    }
}

extension Slice<UnsafeBufferPointer<UInt8>> {
    /// Of UTF-8; U+FFFD in the middle of one.
    fileprivate var firstScalar: Unicode.Scalar {
        unsafe String(decoding: prefix(4), as: UTF8.self).unicodeScalars.first ?? "\u{FFFD}"
    }
}

extension Unicode.Scalar {
    /// The C0 and C1 controls, DEL, and the separators that some readers take for a line's end.
    var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
    }

    /// How JSON writes it, nil for as it is.
    fileprivate var escaped: String? {
        switch self {
        case "\"": return "\\\""
        case "\\": return "\\\\"
        case "\n": return "\\n"
        case "\r": return "\\r"
        case "\t": return "\\t"
        case _ where isControl:
            let digits = String(value, radix: 16)
            return "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
        default: return nil
        }
    }
}
