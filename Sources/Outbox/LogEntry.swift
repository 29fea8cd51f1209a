// SPDX-License-Identifier: Apache-2.0

internal import POSIX
internal import Subscriptions

/// A delivery as a row of the log has it.
struct LogEntry: Equatable {
    let id: String
    let received: Int64
    let project: String
    let receiver: String
    let provider: String
    let event: String?
    let status: Int64
    let decision: String

    /// The refreshes, `namespace/name token`, one a line.
    let targets: String
    let repetitionKey: [UInt8]?

    /// In microseconds.
    let duration: Int64
    let headers: String
    let redeliveryOf: String?

    /// Of the whole body, of which ``body`` may be the beginning.
    let bodySize: Int64
    let body: [UInt8]
}

extension LogEntry {
    /// What the log keeps of `record`, whose refreshes are these.
    init(_ record: DeliveryRecord, _ refreshes: [Refresh]) {
        var targets = ""
        for refresh in refreshes {
            if !targets.isEmpty { targets += "\n" }
            targets += refresh.target.namespace
            targets += "/"
            targets += refresh.target.name
            targets += " "
            targets += String(refresh.token.microseconds)
        }
        let isLong = record.body.count > DeliveryRecord.bodyLimit
        self.init(
            id: record.id,
            received: record.received.microseconds,
            project: record.project,
            receiver: record.receiver,
            provider: record.provider,
            event: record.event,
            status: Int64(record.status),
            decision: record.decision,
            targets: targets,
            repetitionKey: record.repetitionKey,
            duration: (Timestamp(microseconds: 0) + record.duration).microseconds,
            headers: record.headers,
            redeliveryOf: record.redeliveryOf,
            bodySize: Int64(record.body.count),
            body: isLong ? Array(record.body.prefix(DeliveryRecord.bodyLimit)) : record.body
        )
    }
}
