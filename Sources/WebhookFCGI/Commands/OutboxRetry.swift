// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Outbox
import POSIX
import Subscriptions

/// The command `webhook-fcgi outbox retry`.
struct OutboxRetry: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "retry",
        abstract: "Try pending refreshes now, whatever they wait for.",
        discussion: "The service does it at once, or the next one when it starts."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(
        help: ArgumentHelp("Whose refresh to try.", valueName: "namespace/name or project/receiver/object"),
        completion: .pendingTargets
    )
    var targets: [Target] = []

    @Flag(help: "Try all of them.")
    var all = false

    @OptionGroup var format: OutputOptions

    func validate() throws {
        guard all != !targets.isEmpty else { throw ValidationError("give targets, or --all") }
    }

    func run() throws {
        let settings = try options.loadOrExit()
        let outbox = settings.existingOutbox(for: .writing)
        let when = settings.isServed ? "now" : "when the service starts: none runs"
        if all {
            let count = try orExit { () throws(OutboxError) in try outbox.retryAll(at: .now()) }
            if format.output == .json { return try printOutput(["tried": count].json()) }
            return try printOutput("\(count) refresh(es) that had to wait are tried \(when)")
        }
        try targets.change(format.output, "is tried \(when)") { target throws(OutboxError) in
            try outbox.retry(target, at: .now())
        }
    }
}
