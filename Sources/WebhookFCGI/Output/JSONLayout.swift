// SPDX-License-Identifier: Apache-2.0

/// JSON with line breaks and indentation, everything else as it was written: order, numbers, escapes.
///
/// Makes no judgement of what it is given: text that is no JSON comes out with other white space.
struct JSONLayout: CustomStringConvertible {
    private var text: [UInt8] = []
    private var depth = 0

    /// Deeper than this nothing is indented further, or a body of brackets would become a million times as long.
    private static let deepest = 32

    init(_ bytes: [UInt8]) {
        var isInString = false
        var isEscaped = false
        // An opening bracket whose next sign decides whether there is anything in it.
        var isOpen = false
        for byte in bytes {
            if isInString {
                text.append(byte)
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            let isClosing = byte == UInt8(ascii: "}") || byte == UInt8(ascii: "]")
            if byte == 0x20 || (0x09...0x0D).contains(byte) { continue }
            if isOpen, !isClosing { breakLine(by: 1) }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                text.append(byte)
                isOpen = true
                continue
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                if !isOpen { breakLine(by: -1) }
                text.append(byte)
            case UInt8(ascii: ","):
                text.append(byte)
                breakLine(by: 0)
            case UInt8(ascii: ":"): text += [byte, UInt8(ascii: " ")]
            default:
                text.append(byte)
                isInString = byte == UInt8(ascii: "\"")
            }
            isOpen = false
        }
    }

    private mutating func breakLine(by step: Int) {
        depth = max(0, depth + step)
        text.append(UInt8(ascii: "\n"))
        text += [UInt8](repeating: UInt8(ascii: " "), count: 2 * min(depth, Self.deepest))
    }

    var description: String { String(decoding: text, as: UTF8.self) }
}
