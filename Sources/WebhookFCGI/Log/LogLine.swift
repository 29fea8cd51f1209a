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
    private var text = JSONText()

    init(_ format: LogFormat, time: Timestamp, level: Logger.Level, message: String) {
        self.format = format
        switch format {
        case .text:
            text.append(time.text(fractionalDigits: 3))
            text.append(" \(level.rawValue.uppercased()) ")
            message.isPlainText ? text.append(message) : text.append(quoted: message)
        case .json:
            text.append(
                #"{"time":"\#(time.text(fractionalDigits: 3))","level":"\#(level.rawValue)","message":"#
            )
            text.append(quoted: message)
        }
    }

    /// Adds a field that is a text.
    mutating func append(_ key: String, _ value: String) {
        appendKey(key)
        let value = value.shortened
        format == .text && value.isPlainWord ? text.append(value) : text.append(quoted: value)
    }

    /// Adds a field that is a number, or true or false.
    mutating func append(_ key: String, number: some LosslessStringConvertible) {
        appendKey(key)
        text.append(number.description)
    }

    private mutating func appendKey(_ key: String) {
        switch format {
        case .text:
            text.append(" " as StaticString)
            text.append(key)
            text.append("=" as StaticString)
        case .json:
            text.append(",")
            text.append(quoted: key)
            text.append(":")
        }
    }

    /// Adds the line with its end to others.
    func write(to lines: inout [UInt8]) {
        lines += text.bytes
        lines += (format == .json ? "}\n" : "\n").utf8
    }

    /// The line with its end, in UTF-8.
    var encoded: [UInt8] {
        var line: [UInt8] = []
        write(to: &line)
        return line
    }
}

extension String {
    /// Whether it can stand in a line without quotes.
    fileprivate var isPlainWord: Bool {
        let bytes = utf8Span.span
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte > 0x20, byte < 0x7F, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "=") else {
                return false
            }
        }
        return !isEmpty
    }

    /// Whether it can stand at the end of a line's head.
    fileprivate var isPlainText: Bool {
        utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7F } || unicodeScalars.allSatisfy { !$0.isControl }
    }
}
