// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Outbox
import POSIX
import Subscriptions

/// The command `webhook-fcgi outbox`.
struct OutboxCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "outbox",
        abstract:
            "Print the refreshes that are pending, and the objects of catalogues, the longest waiting first.",
        discussion: """
            EXAMPLES:
              webhook-fcgi outbox
              webhook-fcgi outbox retry --all
              webhook-fcgi outbox drop kargo-demo/guestbook
              webhook-fcgi outbox drop kargo-demo/portal/team-a/backend/api
            """,
        subcommands: [OutboxRetry.self, OutboxDrop.self]
    )

    @OptionGroup var options: SettingsOptions

    @OptionGroup var format: OutputOptions

    func run() throws {
        let outbox = try options.loadOrExit().existingOutbox(for: .reading)
        let pending = try orExit { () throws(OutboxError) in try outbox.pending() }
        switch format.output {
        case .json: try printOutput(pending.map(Row.init).json())
        case .table: try printOutput(table(pending, at: .now()))
        }
    }

    private func table(_ pending: [Outbox.Pending], at now: Timestamp) -> String {
        var table = Table([
            .init(title: "TARGET", minimum: 12), .init(title: "AGE"), .init(title: "ATTEMPTS"),
            .init(title: "NEXT"),
            .init(title: "LAST ERROR", minimum: 12),
        ])
        return table.text(
            pending.map { refresh in
                [
                    .init(refresh.target.description), .init("\(Age(of: refresh.requested, at: now))"),
                    .init("\(refresh.attempts)", refresh.attempts > 0 ? .bad : nil),
                    .init(Age(of: refresh.due, at: now).ahead), .init(refresh.lastError ?? ""),
                ]
            }
        )
    }

    private struct Row: Encodable {
        let target: String
        /// In UTC, like `next`.
        let requested: String
        let attempts: Int
        let next: String
        let lastError: String?

        init(_ pending: Outbox.Pending) {
            target = pending.target.description
            requested = pending.requested.text(fractionalDigits: 3)
            attempts = pending.attempts
            next = pending.due.text(fractionalDigits: 3)
            lastError = pending.lastError
        }
    }
}
