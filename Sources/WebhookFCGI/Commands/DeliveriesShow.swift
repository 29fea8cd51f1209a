// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Outbox
import POSIX

/// The command `webhook-fcgi deliveries show`.
struct DeliveriesShow: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract:
            "Print all there is to know of one delivery: headers, body, decision, and what became of its targets.",
        discussion:
            "Headers that may hold a secret are not kept, nor is a body that had to give way to younger ones."
    )

    @OptionGroup var options: SettingsOptions

    @Argument(
        help: ArgumentHelp("The delivery, or as much of its beginning as no other has.", valueName: "id"),
        completion: .deliveries
    )
    var id: String

    @OptionGroup var format: OutputOptions

    func run() throws {
        let outbox = try options.loadOrExit().existingOutbox(for: .reading)
        let delivery = try outbox.deliveryOrExit(id)
        let details = DeliveryDetails(delivery)
        try printOutput(format.output == .json ? details.json() : details.text(at: .now()))
    }
}

extension Outbox {
    /// The one delivery whose id begins so.
    func deliveryOrExit(_ prefix: String) throws -> LoggedDelivery {
        let prefix = prefix.lowercased()
        let ids = try orExit { () throws(OutboxError) in try deliveryIDs(beginningWith: prefix, limit: 4) }
        guard let first = ids.first else {
            printError("webhook-fcgi: no delivery '\(prefix)' is in the log, or not any more")
            throw ExitCode(1)
        }
        guard ids.count == 1 || first == prefix else {
            let others = ids.prefix(3).joined(separator: ", ") + (ids.count > 3 ? ", …" : "")
            printError("webhook-fcgi: '\(prefix)' is the beginning of several: \(others): give more of it")
            throw ExitCode(1)
        }
        guard let delivery = try orExit({ () throws(OutboxError) in try delivery(first) }) else {
            printError("webhook-fcgi: '\(first)' has just been removed from the log")
            throw ExitCode(1)
        }
        return delivery
    }
}
