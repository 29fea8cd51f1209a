// SPDX-License-Identifier: Apache-2.0

package import Subscriptions

/// A delivery as the log has it, and what has become of it since.
package struct LoggedDelivery: Sendable, Equatable {
    /// As it was committed: a status of 202 became 200 when the refreshes happened while the sender waited.
    package let record: DeliveryRecord

    /// Whether its body is still there; it is empty where it had to give way to younger ones.
    package let hasBody: Bool
    package let goals: [Goal]

    /// A target of a delivery.
    package struct Goal: Sendable, Equatable {
        package let refresh: Refresh
        package let fate: Fate
    }

    /// What has become of a refresh: one that a later one took along has fared as that did.
    package enum Fate: Sendable, Equatable {
        case pending(attempts: Int, lastError: String?)
        case delivered
        case gone(String)
        /// It finished so long ago that nothing is known of it any more.
        case forgotten
    }
}
