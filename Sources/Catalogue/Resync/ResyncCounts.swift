// SPDX-License-Identifier: Apache-2.0

/// What a ``Resync`` has done, with what it had done before it was interrupted.
package struct ResyncCounts: Codable, Sendable, Equatable {
    package internal(set) var projects = 0
    package internal(set) var repositories = 0
    package internal(set) var artifacts = 0

    /// Projects that Harbor lists, and in which it does not let the account look.
    package internal(set) var refused = 0

    /// Objects that are gone from Harbor, and now from the catalogue.
    package internal(set) var removed = 0

    /// Objects that the catalogue keeps, because Harbor does not say what has become of them, or not to this account.
    package internal(set) var kept = 0

    /// Objects that could not be brought in step.
    package internal(set) var failed = 0

    package init() {}
}
