// SPDX-License-Identifier: Apache-2.0

internal import GRDB

extension Database {
    /// The last delivery of `range` that fulfils `condition`, given that those which do come first.
    ///
    /// The log may be very long: this looks at some twenty rows of it, wherever deliveries are missing.
    /// - Returns: A sequence number; the beginning of `range` when none fulfils it.
    func lastDelivery(
        in range: ClosedRange<Int64>,
        where condition: String,
        _ arguments: StatementArguments = []
    ) throws -> Int64 {
        let next = try makeStatement(
            sql: "SELECT \(condition) FROM delivery WHERE sequence >= ? ORDER BY sequence LIMIT 1"
        )
        var (low, high) = (range.lowerBound, range.upperBound)
        while low < high {
            let middle = low + (high - low) / 2
            let isFulfilled = try Bool.fetchOne(next, arguments: arguments + [middle + 1]) ?? false
            if isFulfilled { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
