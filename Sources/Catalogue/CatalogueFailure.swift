// SPDX-License-Identifier: Apache-2.0

/// Why something could not be brought up to date.
package struct CatalogueFailure: Error, Sendable, Hashable, CustomStringConvertible {
    /// For the operator: what, where, what to do.
    ///
    /// A sender gets none of it, and no secret is in it.
    package let description: String

    /// Whether there is no use in trying again.
    package let isForever: Bool

    /// What the other side asks to wait before the next attempt.
    package let retryAfter: Duration?

    package init(_ description: String, isForever: Bool = false, retryAfter: Duration? = nil) {
        self.description = description
        self.isForever = isForever
        self.retryAfter = retryAfter
    }

    /// That it was cut off: nothing is known to be wrong with it.
    static func putOff(_ reason: String) -> CatalogueFailure {
        CatalogueFailure("put off, because \(reason), or the program ends")
    }
}
