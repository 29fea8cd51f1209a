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
        var text: [UInt8] = []
        text.reserveCapacity(36)
        for shift in stride(from: 60, through: 0, by: -4) {
            if shift == 28 || shift == 12 { text.append(UInt8(ascii: "-")) }
            text.append(Self.digit(high >> shift))
        }
        text.append(UInt8(ascii: "-"))
        for shift in stride(from: 60, through: 0, by: -4) {
            if shift == 44 { text.append(UInt8(ascii: "-")) }
            text.append(Self.digit(low >> shift))
        }
        description = String(decoding: text, as: UTF8.self)
    }

    private static func digit(_ number: UInt64) -> UInt8 {
        let digit = UInt8(number & 0xF)
        return digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
    }
}
