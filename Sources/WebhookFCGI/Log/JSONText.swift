// SPDX-License-Identifier: Apache-2.0

/// JSON in the making, for what is written with every delivery: a general encoder costs ten times as much.
struct JSONText {
    private(set) var bytes: [UInt8] = []

    /// `capacity` saves growing.
    init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Adds text as it is.
    mutating func append(_ text: String) { bytes += text.utf8 }

    /// Adds bytes as they are.
    mutating func append(_ more: [UInt8]) { bytes += more }

    /// Adds a string (RFC 8259 §7).
    mutating func append(quoted text: String) {
        bytes.append(UInt8(ascii: "\""))
        if text.utf8.allSatisfy({
            $0 >= 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }) {
            bytes += text.utf8
        } else {
            for scalar in text.unicodeScalars { append(scalar) }
        }
        bytes.append(UInt8(ascii: "\""))
    }

    private mutating func append(_ scalar: Unicode.Scalar) {
        switch scalar {
        case "\"": append("\\\"")
        case "\\": append("\\\\")
        case "\n": append("\\n")
        case "\r": append("\\r")
        case "\t": append("\\t")
        case _ where scalar.isControl:
            let digits = String(scalar.value, radix: 16)
            append("\\u" + String(repeating: "0", count: 4 - digits.count) + digits)
        default: bytes += String(scalar).utf8
        }
    }
}

extension Unicode.Scalar {
    /// The C0 and C1 controls, DEL, and the separators that some readers take for a line's end.
    var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
    }
}
