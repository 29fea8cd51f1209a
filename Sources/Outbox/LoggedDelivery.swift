// SPDX-License-Identifier: Apache-2.0

package import POSIX
package import Subscriptions

/// A delivery as the log has it, and what has become of it since.
package struct LoggedDelivery: Sendable, Equatable {
    package let id: String
    package let received: Timestamp

    /// From its arrival to the moment before it was committed.
    package let duration: Duration

    /// Empty for a cluster's receiver.
    package let project: String
    package let receiver: String
    package let provider: String
    package let event: String?

    /// Of the reply, as far as it was known when the delivery was committed: 202 became 200 when the refreshes
    /// happened while the sender waited.
    package let status: Int

    /// The decision, as JSON.
    package let decision: String

    /// Its beginning; nil when it had to give way to younger ones.
    package let body: [UInt8]?
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
