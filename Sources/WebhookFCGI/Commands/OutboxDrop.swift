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
        help: ArgumentHelp("Whose refresh to give up.", valueName: "namespace/name"),
        completion: .pendingTargets
    )
    var targets: [Target]

    func run() throws {
        let outbox = try options.loadOrExit().existingOutbox(for: .writing)
        var isMissing = false
        for target in targets {
            if try orExit({ () throws(OutboxError) in try outbox.drop(target, at: .now()) }) {
                try printOutput("\(target) is dropped")
            } else {
                isMissing = true
                printError("webhook-fcgi: \(target) is not pending")
            }
        }
        if isMissing { throw ExitCode(1) }
    }
}
