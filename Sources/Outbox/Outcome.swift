// SPDX-License-Identifier: Apache-2.0

/// What became of one attempt to refresh a target.
package enum Outcome: Sendable, Equatable {
    /// The sink has it, durably.
    case delivered

    /// The target does not exist: there is nothing to try again.
    case gone(String)

    /// It did not work this time, for this reason; `after` is what the sink itself asks to wait.
    case failed(String, after: Duration? = nil)
}
