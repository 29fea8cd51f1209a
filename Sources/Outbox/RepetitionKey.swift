// SPDX-License-Identifier: Apache-2.0

/// The first 16 bytes of a delivery's repetition key, which is a SHA-256.
///
/// That two of a hundred thousand agree by chance has a probability of 10^-29. Made on purpose, for 2^64 hashes,
/// it would spare the maker's own receiver one refresh: the receiver is part of what is hashed.
struct RepetitionKey: Hashable {
    private let high: UInt64
    private let low: UInt64

    init(_ bytes: [UInt8]) {
        func number(_ bytes: ArraySlice<UInt8>) -> UInt64 { bytes.reduce(0) { $0 << 8 | UInt64($1) } }
        high = number(bytes.prefix(8))
        low = number(bytes.dropFirst(8).prefix(8))
    }
}
