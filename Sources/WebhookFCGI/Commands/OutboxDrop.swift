// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Outbox
import POSIX
import Subscriptions

/// The command `webhook-fcgi outbox drop`.
struct OutboxDrop: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drop",
        abstract: "Give pending refreshes up, without asking; the log says that an operator did.",
        discussion: "An attempt that is under way goes on. A later event asks for a refresh again."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(
        help: ArgumentHelp(
            "Whose refresh to give up.",
            valueName: "namespace/name or project/receiver/object"
        ),
        completion: .pendingTargets
    )
    var targets: [Target]

    @OptionGroup var format: OutputOptions

    func run() throws {
        let outbox = try options.loadOrExit().existingOutbox(for: .writing)
        try targets.change(format.output, "is dropped") { target throws(OutboxError) in
            try outbox.drop(target, at: .now())
        }
    }
}
