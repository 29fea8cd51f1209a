// SPDX-License-Identifier: Apache-2.0

import POSIX

/// Names one delivery in the log, in nginx's error log and wherever else it shows up: a UUID of version 7
/// (RFC 9562 §5.7), which sorts by time.
struct DeliveryID: Sendable, Hashable, CustomStringConvertible {
    let description: String

    init(time: Timestamp) {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(clamping: time.microseconds / 1000)
        let high = milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF
        let low = 0x8000_0000_0000_0000 | generator.next() >> 2
        let digits = Self.hexadecimal(high) + Self.hexadecimal(low)
        var text = ""
        for (index, digit) in digits.enumerated() {
            if [8, 12, 16, 20].contains(index) { text.append("-") }
            text.append(digit)
        }
        description = text
    }

    private static func hexadecimal(_ number: UInt64) -> String {
        let digits = String(number, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}
