// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import POSIX

/// One line of the log in the making, in the format the settings ask for.
///
/// Much of what is logged was written by strangers: nothing in a value can start a new line, end a quote or
/// move a terminal's cursor, and no value is longer than 512 code points.
struct LogLine {
    private let format: LogFormat
    private var text: String

    init(_ format: LogFormat, time: Timestamp, level: Logger.Level, message: String) {
        self.format = format
        let time = time.text(fractionalDigits: 3)
        switch format {
        case .text:
            text = "\(time) \(level.rawValue.uppercased()) \(message.isPlainText ? message : message.quoted)"
        case .json:
            text = #"{"time":"\#(time)","level":"\#(level.rawValue)","message":\#(message.quoted)"#
        }
    }

    /// Adds a field that is a text.
    mutating func append(_ key: String, _ value: String) {
        // Not characters: a million accents on one letter are one of those.
        let isLong = value.unicodeScalars.count > 512
        let value = isLong ? String(value.unicodeScalars.prefix(511)) + "…" : value
        switch format {
        case .text: text += " \(key)=\(value.isPlainWord ? value : value.quoted)"
        case .json: text += ",\(key.quoted):\(value.quoted)"
        }
    }

    /// Adds a field that is a number.
    mutating func append(_ key: String, number: some LosslessStringConvertible) {
        switch format {
        case .text: text += " \(key)=\(number)"
        case .json: text += ",\(key.quoted):\(number)"
        }
    }

    /// The line with its end.
    var encoded: String { format == .json ? text + "}\n" : text + "\n" }
}

extension String {
    /// Whether it can stand in a line without quotes.
    fileprivate var isPlainWord: Bool {
        !isEmpty
            && utf8.allSatisfy {
                $0 > 0x20 && $0 < 0x7F && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "=")
            }
    }

    /// Whether it can stand at the end of a line's head.
    fileprivate var isPlainText: Bool { unicodeScalars.allSatisfy { !$0.isControl } }

    /// A JSON string (RFC 8259 §7).
    var quoted: String {
        var text = "\""
        for scalar in unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where scalar.isControl:
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text + "\""
    }
}

extension Unicode.Scalar {
    /// The C0 and C1 controls, DEL, and the separators that some readers take for a line's end.
    fileprivate var isControl: Bool {
        value < 0x20 || (0x7F...0x9F).contains(value) || value == 0x2028 || value == 0x2029
    }
}
