// SPDX-License-Identifier: Apache-2.0

/// What a provider's webhooks mean: one file per provider.
///
/// A handler is a function of (headers, body, secret). It does no I/O, reads no configuration and knows no
/// sink, so that everything it decides can be shown in a table of examples.
package protocol Handler: Sendable {
    /// The key of the receiver's Secret that holds the shared value.
    var secretKey: String { get }

    /// What proves that a delivery is genuine.
    var authentication: Authentication { get }

    /// Authenticates `delivery`, reads it and says what it means.
    func decide(_ delivery: Delivery, secret: Secret) throws(Rejection) -> Verdict
}

/// What proves that a delivery is genuine.
package enum Authentication: Sendable, Equatable {
    /// A header derived from the secret.
    case header

    /// Knowing the URL, which is derived from the secret: the path must not show in logs.
    case url
}

extension Handler {
    /// ``decide(_:secret:)`` with a rejection as one more verdict.
    package func verdict(on delivery: Delivery, secret: Secret) -> Verdict {
        do { return try decide(delivery, secret: secret) } catch { return .reject(error) }
    }
}
