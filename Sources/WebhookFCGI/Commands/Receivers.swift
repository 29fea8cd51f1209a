// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import FoundationEssentials
import Handlers

/// The command `webhook-fcgi receivers`.
struct Receivers: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print project, name, type and URL of every receiver.",
        discussion: """
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
        case .table: try printOutput(table(receivers))
        case .json: try printOutput(json(receivers))
        case .url: try printOutput(receivers.map(\.url).joined(separator: "\n"))
        }
    }

    private func table(_ receivers: [Receiver]) -> String {
        let head = ["PROJECT", "NAME", "TYPE", "URL"]
        let rows = receivers.map {
            [$0.project.isEmpty ? "(cluster)" : $0.project, $0.name, $0.provider.rawValue, $0.url]
        }
        let lines = [head] + rows
        let widths = head.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        return lines.map { line in
            zip(line, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: "  ").trimmingEnd()
        }.joined(separator: "\n")
    }

    private func json(_ receivers: [Receiver]) throws -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        return String(decoding: try encoder.encode(receivers.map(Row.init)), as: UTF8.self)
    }

    /// What the JSON holds; the secret is not in it, except as the URL's hash.
    private struct Row: Encodable {
        let project: String
        let name: String
        let type: String
        let path: String
        let url: String

        /// Further paths, from the status that Kargo has written.
        let kargoPaths: [String]

        init(_ receiver: Receiver) {
            project = receiver.project
            name = receiver.name
            type = receiver.provider.rawValue
            path = receiver.path
            url = receiver.url
            kargoPaths = receiver.kargoPaths
        }
    }
}

extension String {
    fileprivate func trimmingEnd() -> String {
        String(reversed().drop { $0 == " " }.reversed())
    }
}
