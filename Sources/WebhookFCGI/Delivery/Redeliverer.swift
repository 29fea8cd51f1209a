// SPDX-License-Identifier: Apache-2.0

import Config
import Handlers
import Logging
import Outbox
import POSIX
import Subscriptions

/// Puts deliveries of the log through the whole pipeline once more, as an operator has asked another process to.
struct Redeliverer: Sendable {
    let service: Service

    private static let pollInterval = Duration.milliseconds(500)

    /// At a time: what they change must not keep deliveries waiting.
    private static let batchSize = 20

    /// Looks for wishes until the task is cancelled.
    func run() async {
        var trouble = Trouble()
        while !Task.isCancelled {
            try? await Task.sleep(for: Self.pollInterval)
            // Which receivers there are is not known before.
            guard let snapshot = service.state.snapshot else { continue }
            do throws(OutboxError) {
                for wish in try service.outbox.pendingRedeliveries(limit: Self.batchSize) {
                    try fulfil(wish, snapshot)
                }
                trouble.end()
            } catch {
                guard trouble.isNews(error.description) else { continue }
                service.log.logger.error("cannot redeliver", metadata: ["error": "\(error)"])
            }
        }
    }

    private func fulfil(_ wish: Redelivery, _ snapshot: Snapshot) throws(OutboxError) {
        let (started, time) = (ContinuousClock.now, Timestamp.now())
        // By a connection of its own: to find it among all takes a while, for which no commit must wait.
        let original = try Outbox(existingIn: service.stateDirectory, for: .reading).delivery(wish.original)
        do throws(Obstacle) {
            let (decision, record) = try redecide(original, snapshot, at: time, since: started)
            let isOurs = try inOutbox { () throws(OutboxError) in
                try service.outbox.fulfil(wish, with: record, at: time)
            }
            guard isOurs else { return }
            service.wakeDeliverers([.warehouses, .catalogue])
            service.log.logger.notice(
                "redelivery",
                metadata: [
                    "id": "\(decision.id)", "of": "\(wish.original)", "targets": "\(decision.targets.count)",
                ]
            )
        } catch {
            switch error {
            case .outbox(let error): throw error
            case .reason(let reason):
                try service.outbox.refuse(wish, because: reason, at: time)
                service.log.logger.warning(
                    "cannot redeliver",
                    metadata: ["of": "\(wish.original)", "error": "\(reason)"]
                )
            }
        }
    }

    /// Why a wish is not fulfilled.
    private enum Obstacle: Error {
        /// Not now.
        case outbox(OutboxError)
        /// Never.
        case reason(String)
    }

    private func inOutbox<Value>(_ body: () throws(OutboxError) -> Value) throws(Obstacle) -> Value {
        do throws(OutboxError) { return try body() } catch { throw .outbox(error) }
    }

    /// Decides by the present snapshot.
    ///
    /// That the delivery is genuine was found out when it came: what proved it was not kept.
    private func redecide(
        _ original: LoggedDelivery?,
        _ snapshot: Snapshot,
        at time: Timestamp,
        since started: ContinuousClock.Instant
    ) throws(Obstacle) -> (Decision, DeliveryRecord) {
        guard let original else { throw .reason("the log does not have it any more") }
        if let reason = original.bodyState.obstacle { throw .reason(reason) }
        let record = original.record
        let receiver = snapshot.receivers.first {
            $0.project == record.project && $0.name == record.receiver
                && $0.provider.rawValue == record.provider
        }
        guard let receiver else { throw .reason("its receiver does not exist any more") }
        let delivery = Delivery(headers: Headers(record.headerFields), body: record.body)
        let verdict: Verdict
        do throws(Rejection) { verdict = try receiver.provider.handler.interpret(delivery) } catch {
            throw .reason("it is refused now: \(error.message)")
        }
        let decision = Decision(DeliveryID(time: time), receiver, verdict, snapshot)
        if case .refused(_, let message) = decision.answer { throw .reason("it is refused now: \(message)") }
        return (
            decision,
            decision.record(
                receiver,
                headers: record.headers,
                body: record.body,
                repetitionKey: nil,
                redeliveryOf: record.id,
                at: time,
                since: started
            )
        )
    }
}

extension LoggedDelivery.BodyState {
    /// Why a delivery with such a body cannot be delivered once more; nil when it can.
    var obstacle: String? {
        switch self {
        case .whole: nil
        case .cut:
            "only the beginning of its body was kept, for it is larger than \(DeliveryRecord.bodyLimit >> 10) KiB"
        case .removed: "its body has given way to those of later deliveries"
        }
    }
}

extension DeliveryRecord {
    /// The header fields that were kept.
    var headerFields: [(name: String, value: String)] {
        headers.split(separator: "\n").compactMap { line in
            guard let colon = line.firstIndex(of: ":") else { return nil }
            return (String(line[..<colon]), String(line[line.index(after: colon)...].drop { $0 == " " }))
        }
    }
}
