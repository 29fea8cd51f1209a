// SPDX-License-Identifier: Apache-2.0

/// Makes new inputs out of examples, the same ones for the same seed.
package struct Mutator: RandomNumberGenerator {
    private var state: UInt64

    /// What means something to the language that is tested.
    private let tokens: [[UInt8]]

    package init(seed: UInt64, tokens: [String] = []) {
        state = seed
        self.tokens = tokens.map { Array($0.utf8) }
    }

    /// SplitMix64, as Vigna gives it.
    package mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = (state ^ (state >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }

    /// An example with one to four changes.
    package mutating func mutation(of examples: [[UInt8]]) -> [UInt8] {
        var bytes = examples.randomElement(using: &self) ?? []
        for _ in 0...Int.random(in: 0..<4, using: &self) { change(&bytes, examples) }
        return bytes
    }

    private mutating func change(_ bytes: inout [UInt8], _ examples: [[UInt8]]) {
        let start = Int.random(in: 0...bytes.count, using: &self)
        let end = Int.random(in: start...bytes.count, using: &self)
        let piece = Array(bytes[start..<end])
        switch Int.random(in: 0..<6, using: &self) {
        case 0: bytes.removeSubrange(start..<end)
        case 1: bytes.insert(contentsOf: piece, at: end)
        case 2: bytes.insert(contentsOf: Array(repeatElement(piece, count: 8).joined()), at: end)
        case 3: bytes.insert(contentsOf: examples.randomElement(using: &self) ?? [], at: start)
        case 4: bytes.insert(UInt8.random(in: 0...255, using: &self), at: start)
        default: bytes.insert(contentsOf: tokens.randomElement(using: &self) ?? [], at: start)
        }
    }
}
