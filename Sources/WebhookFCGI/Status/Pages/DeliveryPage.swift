// SPDX-License-Identifier: Apache-2.0

import Outbox
import POSIX

/// One delivery: what was decided, step by step, what became of it, and what came.
struct DeliveryPage {
    let context: PageContext
    let delivery: LoggedDelivery

    /// For the button.
    let token: String

    private var record: DeliveryRecord { delivery.record }

    var html: HTML {
        let details = DeliveryDetails(delivery)
        return .document("Delivery \(record.id)", context) { html in
            actions(&html)
            facts(&html, details)
            html.section("Decision") { steps(&$0, details) }
            if !delivery.goals.isEmpty { html.section("What became of it") { goals(&$0) } }
            html.section("Headers") { headers(&$0, details) }
            html.section("Body") { body(&$0) }
        }
    }

    private func actions(_ html: inout HTML) {
        html.element("div", ["class": "title"]) { title in
            if let obstacle = delivery.bodyState.obstacle {
                title.element("p", ["class": "quiet"], "It cannot be redelivered: \(obstacle).")
            } else {
                title.button("Redeliver", .redeliver(id: record.id), context, ["token": token])
                title.element(
                    "p",
                    ["class": "quiet"],
                    "Decides once more, by the receivers and Warehouses there are now."
                )
            }
        }
    }

    private func facts(_ html: inout HTML, _ details: DeliveryDetails) {
        html.element("dl", ["class": "facts"]) { list in
            list.fact("Outcome") { $0.state(delivery.result.text, delivery.result.style) }
            list.fact("Came") { fact in
                fact.add("\(details.summary.received), ")
                fact.age(record.received, at: context.now)
            }
            list.fact("Receiver") { $0.add("\(details.summary.receiver) (\(record.provider))") }
            if let original = record.redeliveryOf {
                list.fact("Redelivery of") { fact in
                    fact.element(
                        "a",
                        ["class": "id", "href": context.address(of: .delivery(id: original))],
                        original
                    )
                }
            }
            list.fact("Decided in") { $0.add("\(details.durationMilliseconds) ms") }
        }
    }

    private func steps(_ html: inout HTML, _ details: DeliveryDetails) {
        guard let decision = details.decision else {
            html.element("pre", ["tabindex": "0"], record.decision)
            return
        }
        html.element("ol", ["class": "steps"]) { list in
            list.step("Authentic?") { $0.add(decision.proof) }
            if let event = decision.event { list.step("Event") { $0.add(event) } }
            for push in decision.pushes { list.step("Repository") { said(&$0, push) } }
            if !decision.pushes.isEmpty {
                list.step("Who subscribes") { said in
                    if decision.subscriptions.isEmpty { said.add("nobody in the receiver's scope") }
                    for subscription in decision.subscriptions { self.said(&said, subscription) }
                    if decision.omitted > 0 { said.element("div", [:], "and \(decision.omitted) more") }
                }
            }
            if let objects = decision.objects {
                list.step("May have changed") { said in
                    for object in objects {
                        said.element("div") { line in
                            line.add("\(object.kind) \(object.object)")
                            line.element("span", ["class": "quiet"], ": \(object.change)")
                        }
                    }
                    if decision.omitted > 0 { said.element("div", [:], "and \(decision.omitted) more") }
                }
            } else {
                list.step("Refreshes") { said in
                    said.add(decision.targets.isEmpty ? "nothing" : decision.targets.joined(separator: ", "))
                }
            }
            list.step("Reply") { said in
                said.add("\(decision.status) ")
                said.element("code", [:], decision.reply)
            }
        }
    }

    private func said(_ html: inout HTML, _ push: Explanation.Push) {
        html.element("div", [:], push.repository)
        for (kind, url) in push.urls.sorted(by: { $0.key < $1.key }) {
            html.element("div", ["class": "quiet"], "as \(kind): \(url)")
        }
        html.element("div", ["class": "quiet"], "new: \(push.qualifiers)")
    }

    private func said(_ html: inout HTML, _ subscription: Explanation.Considered) {
        html.element("div") { line in
            line.state(subscription.warehouse, subscription.refusal == nil ? .good : nil)
            line.element("span", ["class": "quiet"], " \(subscription.kind), \(subscription.selector): ")
            line.add(subscription.refusal.map { "no, \($0)" } ?? "accepted")
        }
    }

    private func goals(_ html: inout HTML) {
        typealias Column = HTMLColumn<(goal: LoggedDelivery.Goal, row: DeliverySummary.Goal)>
        html.table(
            "Targets",
            [
                Column("Target") { $0.row.target },
                Column("Outcome", style: "short") { $0.state($1.row.outcome, $1.goal.fate.result.style) },
                Column("Attempts", style: "number") { $0.row.attempts.map { "\($0)" } ?? "" },
                Column("Error") { $0.row.error ?? "" },
            ],
            delivery.goals.map { ($0, DeliverySummary.Goal($0)) }
        )
    }

    private func headers(_ html: inout HTML, _ details: DeliveryDetails) {
        if details.headers.isEmpty {
            html.element("p", ["class": "empty"], "None was kept.")
        } else {
            html.element("dl", ["class": "facts"]) { list in
                for header in details.headers { list.fact(header.name) { $0.add(header.value) } }
            }
        }
        html.element(
            "p",
            ["class": "quiet"],
            "One whose name speaks of a secret or an address is never kept."
        )
    }

    private func body(_ html: inout HTML) {
        guard delivery.bodyState != .removed else {
            html.element("p", ["class": "empty"], "Removed: it has given way to those of later deliveries.")
            return
        }
        let shown = ShownBody(record.body, isWhole: delivery.bodyState == .whole)
        html.element("pre", ["tabindex": "0", "aria-label": "Body"]) { $0.add(lines: shown.text) }
        if !shown.isAll {
            html.element("p", ["class": "quiet"]) { note in
                note.add("Only the beginning is shown; ")
                note.element("code", [:], "webhook-fcgi deliveries show \(record.id)")
                note.add(" prints what was kept.")
            }
        }
    }
}

extension HTML {
    fileprivate mutating func fact(_ name: String, _ value: (inout HTML) -> Void) {
        element("dt", [:], name)
        element("dd", [:], value)
    }

    fileprivate mutating func step(_ name: String, _ said: (inout HTML) -> Void) {
        element("li") { step in
            step.element("span", ["class": "step"], name)
            step.element("div", ["class": "said"], said)
        }
    }
}
