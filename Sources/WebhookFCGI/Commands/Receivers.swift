// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import Handlers
import Outbox
import POSIX

/// The command `webhook-fcgi receivers`.
struct Receivers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every receiver, when it last got a delivery, and its URL.",
        discussion: """
            LAST is how long ago anything came, SUCCESS anything that was accepted; FAILED is how many deliveries were
            refused in the last 24 hours.

            A URL is a secret where it is all that authenticates (azure, dockerhub).

            EXAMPLES:
              webhook-fcgi receivers
              webhook-fcgi receivers --output json | jq -r '.[] | select(.type == "harbor") | .url'
            """
    )

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case table, json, url
    }

    @OptionGroup var options: SettingsOptions

    @Option(name: .shortAndLong, help: "How to print them.")
    var output = Output.table

    func run() throws {
        let settings = try options.loadOrExit()
        let receivers = try settings.loadSnapshotOrExit().receivers
        switch output {
        case .table: try printOutput(table(receivers, activity(settings), at: .now()))
        case .json:
            let (activity, previous) = activity(settings)
            try printOutput(receivers.map { Row($0, activity[$0.id], previous[$0.id]) }.json())
        case .url: try printOutput(receivers.map(\.url).joined(separator: "\n"))
        }
    }

    /// What came lately, and when the previous secret was last used.
    private typealias Lately = (
        activity: [ReceiverName: ReceiverActivity], previous: [ReceiverName: Timestamp]
    )

    /// Nothing where it cannot be known, for the URLs are what matters most.
    private func activity(_ settings: Settings) -> Lately {
        do throws(OutboxError) {
            let outbox = settings.existingOutbox(for: .reading)
            let previous = try outbox.lastDeliveries(decidedWith: Decision.markOfPreviousSecret)
            return (try outbox.activity(at: .now()), previous)
        } catch {
            if error.code != .absent { printError("warning: it is not known what came lately: \(error)") }
            return ([:], [:])
        }
    }

    private func table(
        _ receivers: [Receiver],
        _ lately: Lately,
        at now: Timestamp
    ) -> String {
        var table = Table([
            .init(title: "PROJECT", minimum: 8), .init(title: "NAME", minimum: 8), .init(title: "TYPE"),
            .init(title: "LAST"), .init(title: "SUCCESS"), .init(title: "FAILED"),
            .init(title: "URL", minimum: 8),
        ])
        return table.text(
            receivers.flatMap { receiver in
                let activity = lately.activity[receiver.id]
                let lastPrevious =
                    lately.previous[receiver.id].map { "\(Age(of: $0, at: now))" } ?? "not logged"
                let project = receiver.project.isEmpty ? "(cluster)" : receiver.project
                let row: [Table.Cell] = [
                    .init(project), .init(receiver.name), .init(receiver.provider.rawValue),
                    .init(activity.map { "\(Age(of: $0.lastDelivery, at: now))" } ?? "never"),
                    .init(activity?.lastSuccess.map { "\(Age(of: $0, at: now))" } ?? "never"),
                    .init(
                        "\(activity?.failures ?? 0)",
                        activity.map { $0.failures > 0 } == true ? .bad : nil
                    ),
                    .init(receiver.url),
                ]
                // Both are counted together, but for the last one that came by the previous secret.
                let previous: [[Table.Cell]] =
                    receiver.previousURL.map { url in
                        [
                            [project, receiver.name, "(previous)", lastPrevious, "", "", url].map {
                                Table.Cell($0)
                            }
                        ]
                    } ?? []
                return [row] + previous
            }
        )
    }

    /// What the JSON holds; the secret is not in it, except as the URL's hash.
    private struct Row: Encodable {
        let project: String
        let name: String
        let type: String
        let path: String
        let url: String

        /// Where it answers for those who have the previous secret; left out where there is none.
        let previous: Previous?

        /// Further paths, from the status that Kargo has written.
        let kargoPaths: [String]

        /// Why what is delivered waits; left out where nothing is in the way.
        let obstacle: String?

        /// In UTC; left out where nothing came.
        let lastDelivery: String?
        let lastSuccess: String?

        /// What was refused in the last 24 hours.
        let failures24h: Int

        struct Previous: Encodable {
            let path: String
            let url: String

            /// When the log last has a delivery by the previous secret, in UTC; left out where it has none.
            let lastDelivery: String?
        }

        init(_ receiver: Receiver, _ activity: ReceiverActivity?, _ lastPrevious: Timestamp?) {
            project = receiver.project
            name = receiver.name
            type = receiver.provider.rawValue
            path = receiver.path
            url = receiver.url
            previous = receiver.previousPath.flatMap { path in
                receiver.previousURL.map {
                    Previous(path: path, url: $0, lastDelivery: lastPrevious?.text(fractionalDigits: 3))
                }
            }
            kargoPaths = receiver.kargoPaths
            obstacle = receiver.obstacle?.description
            lastDelivery = activity?.lastDelivery.text(fractionalDigits: 3)
            lastSuccess = activity?.lastSuccess?.text(fractionalDigits: 3)
            failures24h = activity?.failures ?? 0
        }
    }
}
