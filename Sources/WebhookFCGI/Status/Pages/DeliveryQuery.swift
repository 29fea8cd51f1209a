// SPDX-License-Identifier: Apache-2.0

import Config
import Outbox
import POSIX

/// What somebody wants to see of the log, as the form or the address says it.
struct DeliveryQuery {
    let receiver: String?
    let status: String?
    let since: String?
    let limit: Int
    let before: Int64?
    private(set) var filter = DeliveryFilter()

    /// Of a page, which is not for programs.
    private static let longest = 200

    /// What in it makes no sense.
    struct Mistake: Error {
        let text: String
    }

    init(_ fields: FormFields, at now: Timestamp) throws(Mistake) {
        receiver = fields["receiver"]
        status = fields["status"]
        since = fields["since"]
        filter.receiver = try Self.read(receiver, "receiver: give project/name", ReceiverName.init(argument:))
        let duration = try Self.read(
            since,
            "since: give a duration such as 30m, 1h or 2d",
            Duration.init(text:)
        )
        filter.since = duration.map { now - $0 }
        switch try Self.read(
            status,
            "status: give an outcome or an HTTP status",
            DeliveryStatus.init(argument:)
        ) {
        case .http(let status): filter.statuses = [status]
        case .result(let result): filter.results = [result]
        case nil: break
        }
        let limits = 1...Self.longest
        limit =
            try Self.read(fields["limit"], "limit: give a number from 1 to \(Self.longest)") { text in
                Int(text).flatMap { limits.contains($0) ? $0 : nil }
            } ?? 50
        before = try Self.read(fields["before"], "before: give a place in the log") { Int64($0) }
    }

    private static func read<Value>(
        _ text: String?,
        _ advice: String,
        _ read: (String) -> Value?
    ) throws(Mistake) -> Value? {
        guard let text else { return nil }
        guard let value = read(text) else { throw Mistake(text: advice) }
        return value
    }
}
