// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// Names one delivery in the log, in nginx's error log and wherever else it shows up: a UUID of version 7
/// (RFC 9562 §5.7), which sorts by time.
package struct DeliveryID: Sendable, Hashable {
    private let high: UInt64
    private var low: UInt64

    package init(time: Timestamp) {
        var generator = SystemRandomNumberGenerator()
        let milliseconds = UInt64(clamping: time.microseconds / 1000)
        high = milliseconds << 16 | 0x7000 | generator.next() & 0x0FFF
        low = 0x8000_0000_0000_0000 | generator.next() >> 2
    }

    /// Another one of the same time: the random part is counted up (§6.2), which asks the kernel for nothing.
    package var successor: DeliveryID {
        var successor = self
        successor.low = low & 0xC000_0000_0000_0000 | (low &+ 1) & 0x3FFF_FFFF_FFFF_FFFF
        return successor
    }
}

extension DeliveryID: LosslessStringConvertible {
    /// Reads any UUID in the form in which ``description`` writes it, and nothing else.
    package init?(_ text: String) {
        let bytes = text.utf8Span.span
        guard bytes.count == Self.count else { return nil }
        var (high, low): (UInt64, UInt64) = (0, 0)
        for index in bytes.indices {
            let digit: UInt8
            switch bytes[index] {
            case UInt8(ascii: "-") where Self.isDash(index): continue
            case let byte where Self.isDash(index) || byte > UInt8(ascii: "f"): return nil
            case let byte where byte >= UInt8(ascii: "a"): digit = byte - UInt8(ascii: "a") + 10
            case let byte where (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte):
                digit = byte - UInt8(ascii: "0")
            default: return nil
            }
            (high, low) = (high << 4 | low >> 60, low << 4 | UInt64(digit))
        }
        (self.high, self.low) = (high, low)
    }

    package var description: String {
        var (high, low) = (high, low)
        return unsafe String(unsafeUninitializedCapacity: Self.count) { text in
            for index in 0..<Self.count {
                guard !Self.isDash(index) else {
                    unsafe text[index] = UInt8(ascii: "-")
                    continue
                }
                let digit = UInt8(high >> 60)
                unsafe text[index] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
                (high, low) = (high << 4 | low >> 60, low << 4)
            }
            return Self.count
        }
    }

    private static let count = 36

    private static func isDash(_ index: Int) -> Bool {
        index == 8 || index == 13 || index == 18 || index == 23
    }
}
