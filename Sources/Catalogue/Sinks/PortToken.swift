// SPDX-License-Identifier: Apache-2.0

internal import Handlers

/// What a call to Port proves itself with, for some hours.
struct PortToken: Sendable {
    let secret: Secret

    /// Tells tokens apart, so that of many calls that are refused together one alone renews.
    let generation: Int

    /// From when on it is renewed, before it is refused.
    let staleAt: ContinuousClock.Instant

    /// For the header.
    var authorization: String { "Bearer \(String(decoding: secret.bytes, as: UTF8.self))" }
}
