// SPDX-License-Identifier: Apache-2.0

internal import NIOSSL
internal import POSIX

/// Credentials as a call uses them.
struct Session: Sendable {
    /// The same value until a certificate changes: connections are shared by those that have the same.
    let tls: TLSConfiguration
    let token: Confidential?

    /// Tells sessions apart, so that of many calls that are refused together one alone reads anew.
    let generation: Int

    /// From when on files are looked at again.
    let staleAt: ContinuousClock.Instant

    /// When a plugin has to run again; nil if it does not say.
    let expiresAt: Timestamp?
}
