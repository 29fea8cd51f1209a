// SPDX-License-Identifier: Apache-2.0

import Outbox

/// What has become of a wish to have a delivery delivered once more.
struct RedeliveryPage {
    let context: PageContext
    let redelivery: Redelivery

    var html: HTML {
        .document("Redelivery", context, refreshes: redelivery.state == .pending) { html in
            html.element("p") { text in
                switch redelivery.state {
                case .pending:
                    text.state("pending", .waiting)
                    text.add(": the service comes to it within a second. This page shows it then.")
                case .done(let id):
                    text.state("redelivered", .good)
                    text.add(" as ")
                    text.element("a", ["class": "id", "href": context.address(of: .delivery(id: id))], id)
                case .failed(let reason):
                    text.state("not redelivered", .bad)
                    text.add(": \(reason)")
                }
            }
            html.element("p", ["class": "quiet"]) { text in
                text.add("The delivery it repeats: ")
                let original = redelivery.original
                text.element(
                    "a",
                    ["class": "id", "href": context.address(of: .delivery(id: original))],
                    original
                )
            }
        }
    }
}
