// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials
import Outbox
import POSIX

/// Everything the log has of one delivery.
struct DeliveryDetails: Encodable {
    let summary: DeliverySummary
    let durationMilliseconds: Double
    let headers: [Header]

    /// Nil where nothing of it is left.
    let body: String?
    /// Whether that is all of it.
    let bodyState: String
    let decision: Explanation?

    private let delivery: LoggedDelivery

    struct Header: Encodable {
        let name: String
        let value: String
    }

    init(_ delivery: LoggedDelivery) {
        self.delivery = delivery
        let record = delivery.record
        summary = DeliverySummary(delivery)
        let (seconds, attoseconds) = record.duration.components
        durationMilliseconds = Double(seconds * 1_000_000 + attoseconds / 1_000_000_000_000) / 1000
        headers = record.headerFields.map { Header(name: $0.name, value: $0.value) }
        body = delivery.bodyState == .removed ? nil : String(decoding: record.body, as: UTF8.self)
        bodyState = "\(delivery.bodyState)"
        decision = Explanation(of: record)
    }

    func encode(to encoder: any Encoder) throws {
        try summary.encode(to: encoder)
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(durationMilliseconds, forKey: .durationMilliseconds)
        try container.encode(headers, forKey: .headers)
        try container.encode(body, forKey: .body)
        try container.encode(bodyState, forKey: .bodyState)
        try container.encode(decision, forKey: .decision)
    }

    private enum CodingKeys: CodingKey {
        case durationMilliseconds, headers, body, bodyState, decision
    }
}

extension DeliveryDetails {
    /// For people, step by step.
    func text(at now: Timestamp) -> String {
        ([overview(at: now), targets, section("headers", headerLines), section(bodyTitle, bodyLines)]
            as [String?])
            .compactMap(\.self).joined(separator: "\n\n")
    }

    private func overview(at now: Timestamp) -> String {
        var lines = [
            "id          \(summary.id)",
            "received    \(summary.received), \(Age(of: delivery.record.received, at: now)) ago; "
                + "decided in \(durationMilliseconds) ms",
        ]
        if let original = summary.redeliveryOf { lines.append("redelivery  of \(original)") }
        if let decision {
            lines.append(decision.description)
        } else {
            lines += [
                "receiver    \(summary.receiver) (\(summary.provider))", delivery.record.decision.visible,
            ]
        }
        return lines.joined(separator: "\n")
    }

    private var targets: String? {
        guard !summary.targets.isEmpty else { return nil }
        var table = Table(
            [
                .init(title: "TARGET", minimum: 10), .init(title: "OUTCOME"), .init(title: "ATTEMPTS"),
                .init(title: "ERROR", minimum: 10),
            ]
        )
        return table.text(
            delivery.goals.map { goal in
                let row = DeliverySummary.Goal(goal)
                return [
                    .init(row.target), .init(row.outcome, goal.fate.result.style),
                    .init(row.attempts.map { "\($0)" } ?? ""), .init(row.error ?? ""),
                ]
            }
        )
    }

    private func section(_ title: String, _ lines: [String]) -> String? {
        lines.isEmpty ? nil : "\(title)\n" + lines.map { "  " + $0.visible }.joined(separator: "\n")
    }

    private var headerLines: [String] { headers.map { "\($0.name): \($0.value)" } }

    private var bodyTitle: String {
        switch delivery.bodyState {
        case .whole: "body"
        case .cut: "body: the first \(DeliveryRecord.bodyLimit >> 10) KiB"
        case .removed: "body"
        }
    }

    /// What was accepted is JSON; where only its beginning is left, it is shown as it came.
    private var bodyLines: [String] {
        guard let body else { return ["removed, it has given way to those of later deliveries"] }
        let text = delivery.bodyState == .whole ? JSONLayout(delivery.record.body).description : body
        return text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }
}
