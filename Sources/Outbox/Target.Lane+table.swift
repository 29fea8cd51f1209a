// SPDX-License-Identifier: Apache-2.0

internal import Subscriptions

extension Target.Lane {
    /// The table of what is pending in it.
    var table: String { self == .warehouses ? "refresh" : "catalogue" }
}
