// SPDX-License-Identifier: Apache-2.0

/// The elements of an array in JSON, each as it was written.
///
/// It cuts and does not judge: what is no JSON between the cuts has to be found by whoever reads an element.
struct JSONArray {
    let elements: [ArraySlice<UInt8>]

    /// Nil where it does not begin and end as an array, or brackets do not match.
    init?(_ bytes: [UInt8]) {
        var elements: [ArraySlice<UInt8>] = []
        var (depth, isInString, isEscaped, isOver) = (0, false, false, false)
        // Where the element begins that is being read; nil before its first sign.
        var start: Int?
        var hasElement = false
        for (index, byte) in bytes.enumerated() {
            if isInString {
                if isEscaped {
                    isEscaped = false
                } else if byte == UInt8(ascii: "\\") {
                    isEscaped = true
                } else if byte == UInt8(ascii: "\"") {
                    isInString = false
                }
                continue
            }
            if byte == 0x20 || (0x09...0x0D).contains(byte) { continue }
            guard !isOver, depth > 0 || byte == UInt8(ascii: "[") else { return nil }
            let isEnd = depth == 1 && (byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]"))
            if depth > 0, !isEnd, start == nil { start = index }
            switch byte {
            case UInt8(ascii: "\""): isInString = true
            case UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            default: break
            }
            guard isEnd else { continue }
            if let first = start {
                elements.append(bytes[first..<index])
            } else if byte == UInt8(ascii: ",") || hasElement {
                return nil
            }
            (start, hasElement) = (nil, true)
            isOver = depth == 0
        }
        guard isOver else { return nil }
        self.elements = elements
    }
}
