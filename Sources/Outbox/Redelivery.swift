// SPDX-License-Identifier: Apache-2.0

/// An operator's wish to have a delivery of the log delivered once more.
package struct Redelivery: Sendable, Equatable {
    /// Its place among all of them.
    package let sequence: Int64

    /// The id of the delivery.
    package let original: String
    package let state: State

    package enum State: Sendable, Equatable {
        /// No service has come to it yet.
        case pending
        /// It is in the log, under this id.
        case done(id: String)
        /// It cannot be, for this reason.
        case failed(String)
    }
}
