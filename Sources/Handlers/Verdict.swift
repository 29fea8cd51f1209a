// SPDX-License-Identifier: Apache-2.0

package import Subscriptions

/// What a handler makes of a delivery.
package enum Verdict: Sendable, Equatable {
    /// Refresh whoever subscribes to what the event names.
    case refresh(Event)

    /// Bring a catalogue up to date on these objects, each once and at least one.
    ///
    /// `identity` is the sender's own name for the event, the same on a retry; nil where it gives none.
    case catalogue(event: String, [CatalogueObject], identity: String?)

    /// Genuine and well-formed, but nothing to do: a sender that got an error would only retry in vain.
    /// `message` goes back to the sender.
    case acknowledge(event: String, message: String)

    /// Refused.
    case reject(Rejection)

    /// An event that has no effect on discovery; `name` is untrusted and shortened in the reply.
    static func ignored(_ name: String, because reason: String) -> Self {
        .acknowledge(event: name, message: "ignored \(name.excerpt): \(reason)")
    }
}

extension String {
    /// At most 64 characters, and none that a terminal obeys, for quoting untrusted text in a reply.
    fileprivate var excerpt: String {
        var text = String.UnicodeScalarView()
        for scalar in unicodeScalars.prefix(64) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return String(text)
    }
}
