// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The command `webhook-fcgi deliveries`.
struct Deliveries: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what came in, and what became of it.",
        discussion: """
            What was refused is not in the log: webhook-fcgi receivers counts it.

            EXAMPLES:
              webhook-fcgi deliveries --since 1h --receiver kargo-demo/harbor-wh-receiver
              webhook-fcgi deliveries --follow
              webhook-fcgi deliveries --status none
              webhook-fcgi deliveries show 019b7c1e-8f3a
            """,
        subcommands: [DeliveriesList.self, DeliveriesShow.self],
        defaultSubcommand: DeliveriesList.self
    )
}
