// SPDX-License-Identifier: Apache-2.0

import Config
import Outbox
import POSIX

/// The log, as far as a filter lets it through.
struct DeliveriesPage {
    let context: PageContext
    let query: DeliveryQuery

    /// Those to choose from.
    let receivers: [String]
    let deliveries: [LoggedDelivery]

    /// Before which place in the log to go on; nil at its end.
    let next: Int64?

    var html: HTML {
        .document("Deliveries", context, current: .deliveries) { html in
            form(&html)
            DeliveryTable(context: context)
                .add(
                    to: &html,
                    deliveries,
                    ifNone: next == nil
                        ? "No delivery in the log is like that." : "None of those looked at is like that."
                )
            html.element("p", ["class": "more"]) { more in
                if query.before != nil { more.element("a", ["href": address(before: nil)], "Newest") }
                if let next { more.element("a", ["href": address(before: next), "rel": "next"], "Older") }
            }
            html.element("p", ["class": "quiet"]) { note in
                note.add("What was refused is not in the log; the overview counts it.")
            }
        }
    }

    private func form(_ html: inout HTML) {
        html.element("form", ["class": "filters", "action": context.address(of: .deliveries)]) { form in
            form.select(
                "receiver",
                "Receiver",
                [("", "any")] + receivers.map { ($0, $0) },
                query.receiver ?? ""
            )
            let results = LoggedDelivery.Result.allCases.map { ($0.rawValue, $0.text) }
            form.select(
                "status",
                "Outcome or HTTP status",
                [("", "any")] + results + [("200", "HTTP 200"), ("202", "HTTP 202")],
                query.status ?? ""
            )
            form.select(
                "since",
                "Came",
                [
                    ("", "any time"), ("15m", "in 15 minutes"), ("1h", "in an hour"), ("24h", "in a day"),
                    ("168h", "in a week"),
                ],
                query.since ?? ""
            )
            form.select("limit", "At most", ["20", "50", "100", "200"].map { ($0, $0) }, "\(query.limit)")
            form.element("button", [:], "Show")
        }
    }

    private func address(before place: Int64?) -> String {
        let fields = [
            ("receiver", query.receiver), ("status", query.status), ("since", query.since),
            ("limit", "\(query.limit)"), ("before", place.map { "\($0)" }),
        ]
        let text = fields.compactMap { name, value in value.map { "\(name)=\(FormFields.encoded($0))" } }
        return "\(context.address(of: .deliveries))?\(text.joined(separator: "&"))"
    }
}

extension HTML {
    /// Adds a menu; a value that is none of those to choose from is one more of them.
    fileprivate mutating func select(
        _ name: String,
        _ label: String,
        _ options: [(value: String, text: String)],
        _ chosen: String
    ) {
        let isListed = options.contains { $0.value == chosen }
        element("label") { html in
            html.add(label)
            html.element("select", ["name": name]) { select in
                for (value, text) in options + (isListed ? [] : [(chosen, chosen)]) {
                    if value == chosen {
                        select.element("option", ["value": value, "selected": ""], text)
                    } else {
                        select.element("option", ["value": value], text)
                    }
                }
            }
        }
    }
}
