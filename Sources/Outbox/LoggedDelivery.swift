// SPDX-License-Identifier: Apache-2.0

package import Subscriptions

/// A delivery as the log has it, and what has become of it since.
package struct LoggedDelivery: Sendable, Equatable {
    /// Its place in the log.
    package let sequence: Int64

    /// As it was committed: a status of 202 became 200 when the refreshes happened while the sender waited.
    package let record: DeliveryRecord

    /// What is left of the body; that itself is in the record of a delivery that was asked for by its id.
    package let bodyState: BodyState
    package let goals: [Goal]

    package enum BodyState: Sendable, Equatable {
        case whole
        /// It was longer than what is kept of one.
        case cut
        /// It had to give way to younger ones.
        case removed
    }

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
        /// By an operator.
        case dropped
        /// It finished so long ago that nothing is known of it any more.
        case forgotten
    }

    /// What has become of all its targets in a word: that which asks for most attention.
    package enum Result: String, Sendable, CaseIterable {
        case pending, gone, dropped, delivered, forgotten
        /// There was nothing to refresh.
        case none
    }

    package var result: Result {
        let results = Set(goals.map(\.fate.result))
        return Result.allCases.first(where: results.contains) ?? .none
    }
}

extension LoggedDelivery.Fate {
    package var result: LoggedDelivery.Result {
        switch self {
        case .pending: .pending
        case .delivered: .delivered
        case .gone: .gone
        case .dropped: .dropped
        case .forgotten: .forgotten
        }
    }
}
