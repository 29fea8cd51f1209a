// SPDX-License-Identifier: Apache-2.0

package import POSIX
package import Subscriptions

/// One delivery as the delivery log keeps it.
///
/// Never the value of an `Authorization` header.
package struct DeliveryRecord: Sendable, Equatable {
    package let id: String
    package let received: Timestamp

    /// Empty for a cluster's receiver.
    package let project: String
    package let receiver: String
    package let provider: String
    package let event: String?

    /// The HTTP status of the reply, as far as it is known when the delivery is committed.
    package let status: Int

    /// The decision in full, as JSON.
    package let decision: String
    package let body: [UInt8]

    /// What tells a repetition of this delivery from others; nil where repeating it does no harm.
    package let repetitionKey: [UInt8]?

    /// Whom to refresh.
    package let targets: [Target]

    /// From its arrival to the moment before it is committed.
    package let duration: Duration

    /// The header fields of the request, `name: value`, one a line, without those that may be secret.
    package let headers: String

    /// The id of the delivery that an operator has had delivered once more with this one.
    package let redeliveryOf: String?

    /// Of a larger body only the beginning is kept.
    package static let bodyLimit = 256 << 10

    package init(
        id: String,
        received: Timestamp,
        project: String,
        receiver: String,
        provider: String,
        event: String?,
        status: Int,
        decision: String,
        body: [UInt8],
        repetitionKey: [UInt8]?,
        targets: [Target],
        duration: Duration = .zero,
        headers: String = "",
        redeliveryOf: String? = nil
    ) {
        self.id = id
        self.received = received
        self.project = project
        self.receiver = receiver
        self.provider = provider
        self.event = event
        self.status = status
        self.decision = decision
        self.body = body
        self.repetitionKey = repetitionKey
        self.targets = targets
        self.duration = duration
        self.headers = headers
        self.redeliveryOf = redeliveryOf
    }
}
