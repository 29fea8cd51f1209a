// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Handlers
import Outbox
import POSIX
import Subscriptions

/// What becomes of one request, before anything is done about it.
struct Decision {
    let id: DeliveryID

    /// Nil for a path where nobody receives.
    let receiver: Receiver?

    /// Whether what proves it genuine is the value before the receiver's secret of today, in the URL or in a header.
    let usesPreviousSecret: Bool

    /// The sender's word for what happened, where it could be read; untrusted.
    let event: String?

    /// Who subscribes to what the delivery names, and what each says to it; nil when nobody was asked.
    let match: Match?

    /// Which objects a catalogue may have to show otherwise; nil for a receiver that refreshes Warehouses.
    let update: CatalogueUpdate?

    /// Whom to refresh, or what to bring up to date.
    let targets: [Target]

    /// Why nobody is refreshed; the sender may know what is in the receiver's own project, and no more.
    let reason: String?

    let answer: Answer

    enum Answer {
        /// 200, once every target is refreshed.
        case refreshed
        /// 200, once the catalogue shows every target as it is.
        case updated
        /// 200 at once.
        case acknowledged(String)
        /// An error.
        case refused(status: Int, String)
        /// An error that is over in time.
        case limited(retryAfter: Duration)
    }
}

extension Decision {
    /// Decides `request` by one consistent `snapshot`, which is nil until there is one.
    init(_ id: DeliveryID, _ request: Request, _ snapshot: Snapshot?, bodyLimit: Int) {
        guard let snapshot else {
            self.init(
                id,
                nil,
                answer: .refused(status: 503, "the receivers are not known yet, try again later")
            )
            return
        }
        self = Arrival(id, request, snapshot, bodyLimit: bodyLimit).decision(by: snapshot)
    }

    /// Refuses a genuine delivery, because its receiver has had too many, until so much time has passed.
    init(refusing delivery: Arrival.GenuineDelivery, for time: Duration) {
        self.init(
            delivery.id,
            delivery.receiver,
            usesPreviousSecret: delivery.usesPreviousSecret,
            answer: .limited(retryAfter: time)
        )
    }

    /// Decides a delivery of which a handler has said what it means.
    init(
        _ id: DeliveryID,
        _ receiver: Receiver,
        _ verdict: Verdict,
        _ snapshot: Snapshot,
        usesPreviousSecret: Bool = false
    ) {
        switch verdict {
        case .refresh(let event):
            let match = snapshot.subscriptions.match(event, in: receiver.scope)
            self.init(
                id,
                receiver,
                usesPreviousSecret: usesPreviousSecret,
                event: event.name,
                match: match,
                targets: match.targets,
                reason: match.reason(namesWarehouses: receiver.scope != .cluster),
                answer: .refreshed
            )
        case .catalogue(let event, let objects, let identity):
            let isLater = CatalogueObject.changesLater(after: event)
            let (project, name) = (receiver.project, receiver.name)
            self.init(
                id,
                receiver,
                usesPreviousSecret: usesPreviousSecret,
                event: event,
                update: CatalogueUpdate(objects: objects, identity: identity, isLater: isLater),
                targets: objects.map { object in
                    isLater
                        ? Target(project: project, receiver: name, objectLater: object.identifier)
                        : Target(project: project, receiver: name, object: object.identifier)
                },
                answer: .updated
            )
        case .acknowledge(let event, let message):
            self.init(
                id,
                receiver,
                usesPreviousSecret: usesPreviousSecret,
                event: event,
                answer: .acknowledged(message)
            )
        case .reject(let rejection):
            self.init(
                id,
                receiver,
                usesPreviousSecret: usesPreviousSecret,
                answer: .refused(status: rejection.status, rejection.message)
            )
        }
    }

    init(
        _ id: DeliveryID,
        _ receiver: Receiver?,
        usesPreviousSecret: Bool = false,
        event: String? = nil,
        match: Match? = nil,
        update: CatalogueUpdate? = nil,
        targets: [Target] = [],
        reason: String? = nil,
        answer: Answer
    ) {
        (self.id, self.receiver, self.event, self.match) = (id, receiver, event, match)
        (self.update, self.targets, self.reason, self.answer) = (update, targets, reason, answer)
        self.usesPreviousSecret = usesPreviousSecret
    }
}
