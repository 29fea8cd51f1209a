// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import Glibc
import Outbox
import POSIX

/// The command `webhook-fcgi redeliver`.
struct Redeliver: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Put deliveries of the log through the whole pipeline once more.",
        discussion: """
            They are decided by the receivers and Warehouses there are now. Whether they are genuine is not asked again, and
            none is taken for a duplicate; the log says of each which delivery it repeats.

            The service does it, within a second; while none runs, it stays pending until one starts.

            Exit code 0 when all are redelivered, 1 when one cannot be, 75 when one stays pending.

            EXAMPLES:
              webhook-fcgi redeliver 019b7c1e-8f3a
            """
    )

    @OptionGroup var options: SettingsOptions

    @Argument(
        help: ArgumentHelp("A delivery, or as much of its beginning as no other has.", valueName: "id"),
        completion: .deliveries
    )
    var ids: [String]

    @Option(name: .shortAndLong, help: "How to print what became of it.")
    var output = OutputFormat.table

    /// How long a service that runs may take: it may be busy.
    private static let patience = Duration.seconds(10)

    /// What became of one of them.
    private struct Row: Encodable {
        let id: String
        let outcome: Outcome
        var redelivery: String?
        var error: String?

        enum Outcome: String, Encodable {
            case redelivered, failed, pending
        }
    }

    func run() throws {
        let settings = try options.loadOrExit()
        let outbox = settings.existingOutbox(for: .writing)
        let deliveries = try ids.map { try outbox.deliveryOrExit($0) }
        var rows: [Row] = []
        var wishes: [(id: String, sequence: Int64)] = []
        for delivery in deliveries {
            let id = delivery.record.id
            if let obstacle = delivery.bodyState.obstacle {
                rows.append(Row(id: id, outcome: .failed, error: obstacle))
            } else {
                wishes.append(
                    (
                        id,
                        try orExit { () throws(OutboxError) in
                            try outbox.requestRedelivery(of: id, at: .now())
                        }
                    )
                )
            }
        }
        rows += try wait(for: wishes, outbox, settings)
        try print(rows)
        if rows.contains(where: { $0.outcome == .failed }) { throw ExitCode(1) }
        if rows.contains(where: { $0.outcome == .pending }) { throw ExitCode(75) }
    }

    private func wait(
        for wishes: [(id: String, sequence: Int64)],
        _ outbox: Outbox,
        _ settings: Settings
    ) throws -> [Row] {
        let deadline = ContinuousClock.now + Self.patience
        let isServed = settings.isServed
        return try wishes.map { wish in
            while true {
                let state = try orExit { () throws(OutboxError) in try outbox.redelivery(wish.sequence)?.state
                }
                switch state {
                case .done(let id): return Row(id: wish.id, outcome: .redelivered, redelivery: id)
                case .failed(let reason): return Row(id: wish.id, outcome: .failed, error: reason)
                case .pending, nil: break
                }
                guard isServed, ContinuousClock.now < deadline else {
                    let reason =
                        isServed
                        ? "the service has not come to it yet" : "no service runs; the next one does it"
                    return Row(id: wish.id, outcome: .pending, error: reason)
                }
                usleep(20_000)
            }
        }
    }

    private func print(_ rows: [Row]) throws {
        if output == .json { return try printOutput(rows.json()) }
        try printOutput(
            rows.map { row in
                switch row.outcome {
                case .redelivered: "\(row.id): redelivered as \(row.redelivery ?? "")"
                case .failed: "\(row.id): cannot be redelivered: \(row.error ?? "")"
                case .pending: "\(row.id): pending: \(row.error ?? "")"
                }
            }
            .joined(separator: "\n")
        )
    }
}
