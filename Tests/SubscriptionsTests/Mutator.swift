// SPDX-License-Identifier: Apache-2.0

/// Makes new texts out of examples, the same ones for the same seed.
struct Mutator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    /// SplitMix64, as Vigna gives it.
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// An example with one to four changes; bytes that are no text any more become U+FFFD.
    mutating func mutation(of examples: [String]) -> String {
        var bytes = bytes(of: examples)
        for _ in 0...Int.random(in: 0..<4, using: &self) { change(&bytes, examples) }
        return String(decoding: bytes, as: UTF8.self)
    }

    private mutating func change(_ bytes: inout [UInt8], _ examples: [String]) {
        let start = Int.random(in: 0...bytes.count, using: &self)
        let end = Int.random(in: start...bytes.count, using: &self)
        let piece = Array(bytes[start..<end])
        switch Int.random(in: 0..<6, using: &self) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: piece, at: end)
        case 2: bytes.insert(contentsOf: Array(repeatElement(piece, count: 8).joined()), at: end)
        case 3: bytes.insert(contentsOf: self.bytes(of: examples), at: start)
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &self), at: start)
        default: bytes.insert(contentsOf: self.bytes(of: Self.tokens), at: start)
        }
    }

    private mutating func bytes(of texts: [String]) -> [UInt8] {
        Array((texts.randomElement(using: &self) ?? "").utf8)
    }

    /// What means something to one of the languages, or to Unicode.
    private static let tokens = [
        "/", "//", ".", "..", ":", "@", "-", "+", "v", "||", ",", " ", "^", "~", ">=", "!=", "x", "*", "**",
        "?",
        "{", "}", "[", "]", "[!", "\\", "(", ")", "(?i)", "|", "{2,9}", "$", "\n", "\0", "\r\n", "\t", ".git",
        "oci://", "https://", "ssh://", "docker.io/", "library/", "glob:", "regex:", "18446744073709551616",
        "00",
        "\u{1F1E9}", "\u{301}", "\u{200B}", "\u{130}", "\u{FEFF}", "\u{E000}",
    ]
}
