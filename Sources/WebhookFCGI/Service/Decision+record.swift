// SPDX-License-Identifier: Apache-2.0

import Config
import Crypto
import FastCGI
import FoundationEssentials
import Handlers
import Outbox
import POSIX
import Subscriptions

extension Request {
    /// What the delivery log keeps of a delivery that is going to be answered with success.
    ///
    /// Nil for one that is refused: it changes nothing, and whoever sends it must not be able to fill a disk.
    func record(
        of decision: Decision,
        at time: Timestamp,
        since started: ContinuousClock.Instant
    ) -> DeliveryRecord? {
        guard let receiver = decision.receiver, case .complete(let body) = body else { return nil }
        switch decision.answer {
        case .refused, .limited: return nil
        case .refreshed, .updated, .acknowledged: break
        }
        return decision.record(
            receiver,
            headers: parameters.headers(limit: Self.keptHeaderBytes, omitting: mayBeSecret(headerNamed:)),
            body: body,
            repetitionKey: decision.repetitionKey(receiver, body),
            at: time,
            since: started
        )
    }

    /// Of all header fields together.
    private static let keptHeaderBytes = 8 << 10
}

extension Decision {
    /// What the delivery log keeps of the decision on a delivery to `receiver` that is accepted.
    func record(
        _ receiver: Receiver,
        headers: String,
        body: [UInt8],
        repetitionKey: [UInt8]?,
        redeliveryOf original: String? = nil,
        at time: Timestamp,
        since started: ContinuousClock.Instant
    ) -> DeliveryRecord {
        DeliveryRecord(
            id: id.description,
            received: time,
            project: receiver.project,
            receiver: receiver.name,
            provider: receiver.provider.rawValue,
            event: event?.shortened,
            status: targets.isEmpty ? 200 : 202,
            decision: json(receiver, limit: 50),
            body: body,
            repetitionKey: repetitionKey,
            targets: targets,
            duration: started.duration(to: .now),
            headers: headers,
            redeliveryOf: original
        )
    }

    /// The sender's own name for the delivery, or else all of its body, which a retry repeats to the byte.
    ///
    /// Nil when nobody is refreshed: once somebody subscribes, the same delivery sent again is welcome. Nil, too, for a
    /// catalogue's without a name: to push, to delete and to push again may take one second, and then both pushes look alike.
    fileprivate func repetitionKey(_ receiver: Receiver, _ body: [UInt8]) -> [UInt8]? {
        guard !targets.isEmpty, update == nil || update?.identity != nil else { return nil }
        var hash = SHA256()
        hash.update(receiver.title)
        hash.update([0])
        if let identity = match?.event.identity ?? update?.identity {
            hash.update(identity)
        } else {
            hash.update([0])
            hash.update(body)
        }
        return Array(hash.finalize())
    }
}

extension SHA256 {
    /// Takes in the bytes where they are: as `Data`, or in another array, they would be copied first.
    fileprivate mutating func update(_ bytes: [UInt8]) {
        unsafe bytes.withUnsafeBytes { unsafe update(bufferPointer: $0) }
    }

    fileprivate mutating func update(_ text: String) {
        var text = text
        text.withUTF8 { unsafe update(bufferPointer: UnsafeRawBufferPointer($0)) }
    }
}
