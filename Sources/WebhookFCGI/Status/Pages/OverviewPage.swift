// SPDX-License-Identifier: Apache-2.0

import Config
import Handlers
import Outbox
import POSIX

/// How everything is, at a glance.
struct OverviewPage {
    let context: PageContext
    let health: Health

    /// Nil until the source has been read.
    let snapshot: Snapshot?
    var activity: [ReceiverName: ReceiverActivity] = [:]

    /// Nil where it is not known.
    var backlog: Backlog?

    /// The same of what catalogues have to show.
    var objects: Backlog?
    var recent: [LoggedDelivery] = []

    /// Why the outbox does not tell more.
    var complaint: String?

    /// Rows; a browser has to lay all of them out.
    private static let shownReceivers = 500

    fileprivate struct Row {
        let receiver: Receiver
        let activity: ReceiverActivity?
    }

    var html: HTML {
        .document("Overview", context, current: .overview) { html in
            numbers(&html)
            problems(&html)
            html.section("Receivers") { receivers(&$0) }
            html.section("Recent deliveries") { section in
                DeliveryTable(context: context).add(to: &section, recent, ifNone: "Nothing has come in yet.")
                if !recent.isEmpty {
                    section.element("p", ["class": "more"]) { more in
                        more.element("a", ["href": context.address(of: .deliveries)], "All deliveries")
                    }
                }
            }
        }
    }

    private var rows: [Row] {
        (snapshot?.receivers ?? []).map { receiver in
            Row(receiver: receiver, activity: activity[receiver.id])
        }
    }

    private func numbers(_ html: inout HTML) {
        let hours = rows.flatMap { $0.activity?.hours ?? [] }
        html.element("dl", ["class": "numbers"]) { list in
            list.number("Deliveries are") { value in
                value.state(health.isReady ? "taken" : "not taken", health.isReady ? .good : .bad)
            }
            list.number("Accepted, 24 h") { $0.add("\(hours.reduce(0) { $0 + $1.accepted })") }
            list.number("Refused, 24 h") { $0.add("\(hours.reduce(0) { $0 + $1.refused })") }
            list.number("Pending refreshes") { value in
                value.element(
                    "a",
                    ["href": context.address(of: .outbox)],
                    backlog.map { "\($0.pending)" } ?? "unknown"
                )
            }
            list.number("Oldest pending") { value in
                value.add(backlog?.oldest.map { "\(Age(of: $0, at: context.now))" } ?? "none")
            }
            if snapshot?.hasCatalogues == true || objects?.pending ?? 0 > 0 {
                list.number("Pending objects") { value in
                    value.element(
                        "a",
                        ["href": context.address(of: .outbox)],
                        objects.map { "\($0.pending)" } ?? "unknown"
                    )
                }
            }
            list.number("Warehouses") { $0.add("\(snapshot?.warehouseCount ?? 0)") }
        }
    }

    private func problems(_ html: inout HTML) {
        let problems = health.problems + (complaint.map { [Health.Problem(part: .outbox, text: $0)] } ?? [])
        guard !problems.isEmpty else { return }
        html.element("section", ["class": "problems"]) { section in
            section.element("h2", [:], "Problems")
            section.element("ul") { list in
                for problem in problems {
                    list.element("li", [:], "\(problem.part.rawValue): \(problem.text)")
                }
            }
        }
    }

    private func receivers(_ html: inout HTML) {
        guard !rows.isEmpty else {
            html.element("p", ["class": "empty"], "There is no receiver.")
            return
        }
        let now = context.now
        html.table(
            "Receivers",
            [
                HTMLColumn("Receiver") { $1.link(in: context, to: &$0) },
                HTMLColumn("Type", style: "short") { $0.receiver.provider.rawValue },
                HTMLColumn("Health", style: "short") {
                    $0.state($1.glance(at: now).text, $1.glance(at: now).style)
                },
                HTMLColumn("Last delivery", style: "short") { $0.age($1.activity?.lastDelivery, at: now) },
                HTMLColumn("Last success", style: "short") { $0.age($1.activity?.lastSuccess, at: now) },
                HTMLColumn("Failed, 24 h", style: "number") { "\($0.activity?.failures ?? 0)" },
                HTMLColumn("Last 24 hours") { html, row in
                    let none = [Activity.Tally](repeating: .init(), count: 24)
                    Sparkline(hours: row.activity?.hours ?? none).draw(&html)
                },
            ],
            Array(rows.prefix(Self.shownReceivers))
        )
        html.element("p", ["class": "quiet"]) { note in
            if rows.count > Self.shownReceivers {
                note.add("\(Self.shownReceivers) of \(rows.count) receivers. ")
            }
            note.add("URLs are secrets, and are not shown here: ")
            note.element("code", [:], "webhook-fcgi receivers")
            note.add(" prints them.")
        }
    }
}

extension OverviewPage.Row {
    fileprivate func link(in context: PageContext, to html: inout HTML) {
        let query = "?receiver=\(FormFields.encoded(receiver.title))"
        html.element("a", ["href": context.address(of: .deliveries) + query], receiver.title)
    }

    /// A word for how it is.
    fileprivate func glance(at now: Timestamp) -> (text: String, style: Table.Style?) {
        if receiver.obstacle != nil { return ("cannot be used", .bad) }
        guard let activity else { return ("nothing yet", nil) }
        if activity.lastSuccess != activity.lastDelivery { return ("last one refused", .bad) }
        if activity.failures > 0 { return ("some refused", .waiting) }
        return activity.lastDelivery < now - .seconds(86_400) ? ("quiet", nil) : ("good", .good)
    }
}

extension HTML {
    fileprivate mutating func number(_ title: String, _ value: (inout HTML) -> Void) {
        element("div") { box in
            box.element("dt", [:], title)
            box.element("dd", [:], value)
        }
    }

    fileprivate mutating func age(_ time: Timestamp?, at now: Timestamp) {
        if let time { age(time, at: now) } else { add("never") }
    }
}
