// SPDX-License-Identifier: Apache-2.0

package import Subscriptions

/// Where refreshes go.
///
/// A sink knows targets and tokens, never a provider.
package protocol Sink: Sendable {
    /// Finds out whether the sink would take a refresh now.
    func checkWritable() throws(SinkError)

    /// Gives every target a token greater than any it had before, durably: what is not in the result is
    /// refreshed even if the machine stops now.
    ///
    /// - Returns: the targets that could not be refreshed, with the reason.
    func refresh(_ targets: Set<Target>) -> [Target: SinkError]
}
