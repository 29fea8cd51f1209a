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

    /// The events that it knows by name, the usual one first; what else a delivery calls itself is a stranger's word.
    var events: [String] { get }

    /// Refuses a delivery that does not prove that it is genuine; `previous` is accepted, too.
    ///
    /// Where knowing the URL is the proof, there is nothing left to do.
    ///
    /// - Returns: What it proved it with, as far as the delivery shows: whose URL it was is not known here.
    func authenticate(_ delivery: Delivery, secret: Secret, previous: Secret?) throws(Rejection) -> SecretAge

    /// Reads an authentic delivery and says what it means.
    func interpret(_ delivery: Delivery) throws(Rejection) -> Verdict
}

/// What proves that a delivery is genuine.
package enum Authentication: Sendable, Equatable {
    /// A header derived from the secret.
    case header

    /// Knowing the URL, which is derived from the secret: the path must not show in logs.
    case url
}

extension Handler {
    /// The key of a second value, which is accepted while senders change from it to the one under ``secretKey``.
    package var previousSecretKey: String { secretKey + "-previous" }

    /// Authenticates `delivery`, then reads it; a rejection is one more verdict.
    package func verdict(on delivery: Delivery, secret: Secret) -> Verdict {
        verdict(on: delivery, secret: secret, previous: nil).verdict
    }

    /// The same for a secret that is being changed, and with which value it came; nil when that proved nothing.
    package func verdict(
        on delivery: Delivery,
        secret: Secret,
        previous: Secret?
    ) -> (verdict: Verdict, age: SecretAge?) {
        var age: SecretAge?
        do {
            age = try authenticate(delivery, secret: secret, previous: previous)
            return (try interpret(delivery), age)
        } catch {
            return (.reject(error), age)
        }
    }
}
