// SPDX-License-Identifier: Apache-2.0

import Outbox
import POSIX

/// Deliveries of the log as rows, wherever a page lists some.
struct DeliveryTable {
    let context: PageContext

    func add(to html: inout HTML, _ deliveries: [LoggedDelivery], ifNone text: String) {
        guard !deliveries.isEmpty else {
            html.element("p", ["class": "empty"], text)
            return
        }
        html.table("Deliveries", columns, deliveries.map { ($0, DeliverySummary($0)) })
    }

    /// Of a delivery's targets; its own page has them all.
    private static let shownTargets = 3

    private typealias Column = HTMLColumn<(delivery: LoggedDelivery, summary: DeliverySummary)>

    private var columns: [Column] {
        [
            Column("Delivery", style: "short") { html, row in
                let address = context.address(of: .delivery(id: row.summary.id))
                html.element("a", ["class": "id", "href": address, "title": row.summary.id]) { link in
                    link.add(String(row.summary.id.prefix(18)))
                }
            },
            Column("Came", style: "short") { $0.age($1.delivery.record.received, at: context.now) },
            Column("Receiver", style: "named") { $0.summary.receiver },
            Column("What", style: "wide") { $0.summary.subject },
            Column("HTTP", style: "number") { "\($0.summary.status)" },
            Column("Outcome", style: "short") { html, row in
                let result = row.delivery.result
                html.state(result.text, result.style)
            },
            Column("Targets", style: "wide") { html, row in
                if let reason = row.summary.reason { return html.element("span", ["class": "quiet"], reason) }
                let targets = row.summary.targets.map(\.target)
                html.add(targets.prefix(Self.shownTargets).joined(separator: ", "))
                if targets.count > Self.shownTargets {
                    html.add(" and \(targets.count - Self.shownTargets) more")
                }
            },
        ]
    }
}

extension DeliverySummary {
    /// What it is about, or else the sender's word for what happened.
    fileprivate var subject: String {
        repositories.isEmpty ? event ?? "" : repositories.map(\.repository).joined(separator: ", ")
    }
}

extension LoggedDelivery.Result {
    /// For people.
    var text: String { self == .none ? "nothing to do" : rawValue }
}
