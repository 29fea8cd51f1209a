// SPDX-License-Identifier: Apache-2.0

/// Where a ``Resync`` is, for whoever watches.
package struct ResyncProgress: Sendable {
    package let counts: ResyncCounts

    /// How much of Harbor was walked, from 0 to 1; nil while nothing is known of it.
    package let fraction: Double?

    /// Whether only what is gone is left to be removed.
    package let isRemoving: Bool

    /// Why it does not go on for the moment.
    package let trouble: String?
}

/// What a ``Resync`` has come to.
package struct ResyncOutcome: Sendable {
    package enum End: Sendable, Equatable {
        case done
        /// It goes on there the next time.
        case interrupted
        /// It goes on there the next time, for which this has to be mended.
        case stopped(String)
    }

    package let end: End
    package let counts: ResyncCounts

    /// Whether it went on where an earlier one was interrupted.
    package let isResumed: Bool

    /// What did not work, as much of it as is worth reading.
    package let problems: [String]
}
