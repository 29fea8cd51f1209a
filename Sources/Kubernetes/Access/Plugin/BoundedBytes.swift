// SPDX-License-Identifier: Apache-2.0

/// What is read from a pipe, as far as it is kept.
struct BoundedBytes {
    let limit: Int

    /// Whether more than the limit is a failure; else the rest is passed over.
    let isFatal: Bool
    private(set) var bytes: [UInt8] = []

    init(limit: Int, isFatal: Bool) {
        self.limit = limit
        self.isFatal = isFatal
    }

    var isExceeded: Bool { isFatal && bytes.count > limit }

    mutating func append(_ more: [UInt8]) { bytes += more.prefix(max(0, limit + 1 - bytes.count)) }
}
