// SPDX-License-Identifier: Apache-2.0

import Synchronization

/// A few numbers that only grow, added to from any thread without waiting.
///
/// Whoever reads several at once may see one that is younger than another.
final class Tally: Sendable {
    static let size = 16
    private let cells = InlineArray<16, Atomic<Int>> { _ in Atomic(0) }

    func add(_ number: Int = 1, at index: Int = 0) { cells[index].wrappingAdd(number, ordering: .relaxed) }

    /// All of them.
    var counts: [Int: Int] { nonzero(Self.size) { cells[$0].load(ordering: .relaxed) } }
}

/// The numbers that are not 0, by their place.
func nonzero(_ size: Int, _ number: (Int) -> Int) -> [Int: Int] {
    var counts: [Int: Int] = [:]
    for index in 0..<size {
        let number = number(index)
        if number != 0 { counts[index] = number }
    }
    return counts
}
