// SPDX-License-Identifier: Apache-2.0

import Outbox
import POSIX
import Subscriptions

/// What is promised and not done yet.
struct OutboxPage {
    let context: PageContext
    let backlog: Backlog

    /// Of what catalogues have to show.
    let objects: Backlog

    /// The longest waiting of them.
    let pending: [Outbox.Pending]

    /// For the buttons.
    let token: String

    var html: HTML {
        .document("Outbox", context, current: .outbox) { html in
            html.element("p") { text in
                guard let oldest = backlog.oldest else { return text.add("No refresh is pending.") }
                text.add("\(backlog.pending) pending, \(backlog.failing) of them tried and failed; ")
                text.add("the oldest waits for \(Age(of: oldest, at: context.now)).")
            }
            if let oldest = objects.oldest {
                html.element("p") { text in
                    text.add("Of catalogues \(objects.pending) object(s) are pending, ")
                    text.add("\(objects.failing) of them tried and failed; ")
                    text.add("the oldest waits for \(Age(of: oldest, at: context.now)).")
                }
            }
            guard !pending.isEmpty else { return }
            table(&html)
            if backlog.pending + objects.pending > pending.count {
                html.element(
                    "p",
                    ["class": "quiet"],
                    "The \(pending.count) that have waited longest are shown."
                )
            }
            html.element("p", ["class": "quiet"]) { note in
                note.add("To drop one is to give it up: it is done with the next event, or not at all.")
            }
        }
    }

    private func table(_ html: inout HTML) {
        typealias Column = HTMLColumn<Outbox.Pending>
        html.table(
            "Pending refreshes",
            [
                Column("Target", style: "named") { $0.target.description },
                Column("Waiting", style: "short") { "\(Age(of: $0.requested, at: context.now))" },
                Column("Attempts", style: "number") { html, refresh in
                    html.add("\(refresh.attempts)")
                },
                Column("Next attempt", style: "short") { html, refresh in
                    html.age(refresh.due, at: context.now, isAhead: true)
                },
                Column("Last error") { $0.lastError ?? "" },
                Column("Do", style: "buttons") { html, refresh in
                    let target = refresh.target.description
                    let fields: KeyValuePairs = ["token": token, "target": target]
                    html.button("Retry", .retry, context, label: "Retry \(target)", fields)
                    html.button("Drop", .drop, context, label: "Drop \(target)", fields)
                },
            ],
            pending
        )
    }
}
