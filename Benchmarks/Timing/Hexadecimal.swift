// SPDX-License-Identifier: Apache-2.0

/// Texts of hexadecimal digits, which secrets and the ends of paths mostly are.
enum Hexadecimal {
    private static let digits = Array("0123456789abcdef".utf8)

    static func random(count: Int) -> String { String(decoding: randomBytes(count: count), as: UTF8.self) }

    /// Asks the kernel once for 16 digits.
    static func randomBytes(count: Int) -> [UInt8] {
        var bits: UInt64 = 0
        return (0..<count).map { number in
            bits = number % 16 == 0 ? UInt64.random(in: 0...UInt64.max) : bits >> 4
            return digits[Int(bits & 0xF)]
        }
    }

    static func text(of bytes: [UInt8]) -> String {
        String(decoding: bytes.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 0xF)]] }, as: UTF8.self)
    }

    /// A digit that is another one than `digit`.
    static func other(than digit: UInt8) -> UInt8 { digits.filter { $0 != digit }.randomElement() ?? 0 }
}
