// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// Which deliveries of the log somebody wants to see; nil and empty leave nothing out.
package struct DeliveryFilter: Sendable, Equatable {
    package var receiver: ReceiverName?

    /// HTTP statuses, as the log has them.
    package var statuses: Set<Int> = []
    package var results: Set<LoggedDelivery.Result> = []
    package var since: Timestamp?

    package init() {}
}
