// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Outbox
import POSIX
import Subscriptions

/// A delivery of the log as a row of a table, and for programs.
struct DeliverySummary: Encodable {
    let id: String
    /// In UTC.
    let received: String
    let receiver: String
    let provider: String
    let event: String?
    let status: Int
    let outcome: String

    /// What it is about, as the sender wrote it, with what is new there.
    let repositories: [Repository]
    let targets: [Goal]

    /// Why nobody was refreshed, as the sender was told.
    let reason: String?
    let redeliveryOf: String?

    struct Repository: Encodable {
        let repository: String
        let new: String
    }

    struct Goal: Encodable {
        let target: String
        let outcome: String
        let attempts: Int?
        let error: String?
    }

    init(_ delivery: LoggedDelivery) {
        let record = delivery.record
        let explanation = Explanation(of: record)
        id = record.id
        received = record.received.text(fractionalDigits: 3)
        receiver = ReceiverName(project: record.project, name: record.receiver).title
        provider = record.provider
        event = record.event
        status = record.status
        outcome = delivery.result.rawValue
        repositories = (explanation?.pushes ?? []).map {
            Repository(repository: $0.repository, new: $0.qualifiers)
        }
        targets = delivery.goals.map(Goal.init)
        reason = targets.isEmpty ? explanation?.reason : nil
        redeliveryOf = record.redeliveryOf
        time = record.received
        result = delivery.result
    }

    private let time: Timestamp
    private let result: LoggedDelivery.Result

    private enum CodingKeys: CodingKey {
        case id, received, receiver, provider, event, status, outcome, repositories, targets, reason,
            redeliveryOf
    }
}

extension DeliverySummary {
    static let columns = [
        Table.Column(title: "AGE", expected: 4),
        Table.Column(title: "ID", minimum: 13, marksCuts: false, expected: 36),
        Table.Column(title: "RECEIVER", minimum: 6),
        Table.Column(title: "REPOSITORY", minimum: 6),
        Table.Column(title: "HTTP"),
        Table.Column(title: "OUTCOME", expected: 9),
        Table.Column(title: "TARGETS", minimum: 5),
    ]

    func cells(at now: Timestamp) -> [Table.Cell] {
        [
            Table.Cell("\(Age(of: time, at: now))"),
            Table.Cell(id),
            Table.Cell(receiver),
            Table.Cell(
                repositories.isEmpty ? event ?? "" : repositories.map(\.repository).joined(separator: ", ")
            ),
            Table.Cell("\(status)"),
            Table.Cell(outcome, result.style),
            Table.Cell(reason ?? targets.map(\.target).joined(separator: ", ")),
        ]
    }
}

extension DeliverySummary.Goal {
    init(_ goal: LoggedDelivery.Goal) {
        target = goal.refresh.target.description
        outcome = goal.fate.result.rawValue
        switch goal.fate {
        case .pending(let attempts, let error): (self.attempts, self.error) = (attempts, error)
        case .gone(let error): (attempts, self.error) = (nil, error)
        case .dropped: (attempts, error) = (nil, "by an operator")
        case .delivered, .forgotten: (attempts, error) = (nil, nil)
        }
    }
}

extension LoggedDelivery.Result {
    var style: Table.Style? {
        switch self {
        case .pending: .waiting
        case .gone, .dropped: .bad
        case .delivered: .good
        case .forgotten, .none: nil
        }
    }
}

extension Explanation {
    /// The decision as the log has it; nil where another version of this program wrote it in another way.
    init?(of record: DeliveryRecord) {
        guard let explanation = try? JSONDecoder().decode(Self.self, from: Data(record.decision.utf8)) else {
            return nil
        }
        self = explanation
    }

    /// Why nobody is refreshed: the sender was told, either as the reason or as all there is to say.
    var reason: String? {
        struct Reply: Decodable {
            let msg: String?
            let reason: String?
        }
        let reply = try? JSONDecoder().decode(Reply.self, from: Data(reply.utf8))
        return reply?.reason ?? reply?.msg
    }
}
