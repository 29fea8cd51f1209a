// SPDX-License-Identifier: Apache-2.0

internal import Subscriptions

extension Refresh {
    /// Kargo's controller looks at a Warehouse again when this annotation changes.
    static var annotation: String { "kargo.akuity.io/refresh" }
}
