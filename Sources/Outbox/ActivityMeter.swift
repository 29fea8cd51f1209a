// SPDX-License-Identifier: Apache-2.0

internal import NIOConcurrencyHelpers

/// Counts deliveries in memory until the maintenance writes them down, about every second.
///
/// What a kill takes along is what that second has counted: no promise was made about it, and it is not worth a write
/// in every turn.
package final class ActivityMeter: Sendable {
    private let activity = NIOLockedValueBox(Activity())

    package init() {}

    /// Counts a turn's deliveries, under one lock.
    package func update(_ body: (inout Activity) -> Void) { activity.withLockedValue(body) }

    /// Hands over what was counted since the last time.
    func drain() -> Activity {
        activity.withLockedValue { activity in
            defer { activity = Activity() }
            return activity
        }
    }

    /// Takes back what could not be written.
    func putBack(_ earlier: Activity) { activity.withLockedValue { $0.merge(earlier: earlier) } }
}
