// SPDX-License-Identifier: Apache-2.0

package import Subscriptions

/// Where refreshes go.
///
/// A sink knows targets and tokens, never a provider.
package protocol Sink: Sendable {
    /// What it is, for metrics.
    var kind: SinkKind { get }

    /// Refreshes that one call takes at most, because it does them together.
    var batchSize: Int { get }

    /// Calls that may be under way at the same time, for different targets.
    var concurrentBatches: Int { get }

    /// Finds out whether the sink would take a refresh now, and refreshes nothing.
    ///
    /// Some sinks can tell only by a target: `example` is any that exists.
    func check(_ example: Target?) async throws(SinkError)

    /// Gives every target its token, durably: what is not in the result has it even if the machine stops now.
    ///
    /// - Returns: the refreshes that did not work, with the reason.
    func deliver(_ refreshes: [Refresh]) async -> [Refresh: SinkError]
}
