// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import FoundationEssentials
import Handlers
import Outbox
import POSIX

/// The command `webhook-fcgi explain`.
struct Explain: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what a delivery would do and why, without doing it.",
        discussion: """
            Exit code 0 when something would be refreshed, 1 when nothing would.

            EXAMPLES:
              webhook-fcgi explain --receiver kargo-demo/harbor-wh-receiver --payload push.json
              webhook-fcgi explain --receiver kargo-demo/harbor-wh-receiver --payload - \\
                  --header @authorization.txt --output json < push.json
            """
    )

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var options: SettingsOptions

    @Option(help: ArgumentHelp("The receiver; a cluster's has no project.", valueName: "project/name"))
    var receiver: String

    @Option(help: ArgumentHelp("The body of the delivery, - for standard input.", valueName: "file"))
    var payload: String

    @Option(
        name: .customLong("header"),
        help: ArgumentHelp(
            "A header of the delivery, or @FILE with one a line: arguments can be seen by every user.",
            valueName: "name: value"
        )
    )
    var headers: [String] = []

    @Option(name: .shortAndLong, help: "How to print it.")
    var output = Output.text

    func run() throws {
        let delivery = Delivery(headers: try parsedHeaders(), body: try readPayload())
        let snapshot = try options.loadOrExit().loadSnapshotOrExit()
        guard let receiver = snapshot.receivers.first(where: { $0.title == receiver }) else {
            let titles = snapshot.receivers.map(\.title).joined(separator: ", ")
            throw ValidationError("there is no receiver '\(receiver)': give one of \(titles)")
        }
        let explanation = explain(delivery, receiver, snapshot)
        switch output {
        case .text: try printOutput(explanation.description)
        case .json: try printOutput(explanation.json())
        }
        if explanation.targets.isEmpty { throw ExitCode(1) }
    }

    private func explain(_ delivery: Delivery, _ receiver: Receiver, _ snapshot: Snapshot) -> Explanation {
        let handler = receiver.provider.handler
        let authenticity: Explanation.Authenticity
        var (verdict, age) = handler.verdict(
            on: delivery,
            secret: receiver.secret,
            previous: receiver.previousSecret
        )
        switch verdict {
        case .reject(.missingAuthorization) where headers.isEmpty:
            authenticity = .notChecked
            do throws(Rejection) { verdict = try handler.interpret(delivery) } catch {
                verdict = .reject(error)
            }
        case .reject(.missingAuthorization), .reject(.unauthorized): authenticity = .refused
        default: authenticity = .genuine
        }
        let decision = Decision(
            DeliveryID(time: .now()),
            receiver,
            verdict,
            snapshot,
            usesPreviousSecret: age == .previous
        )
        return Explanation(decision, receiver, authenticity)
    }

    private func parsedHeaders() throws -> Headers {
        let lines = try headers.flatMap { header in
            guard header.hasPrefix("@") else { return [header] }
            let text = String(decoding: try read(String(header.dropFirst())), as: UTF8.self)
            return text.split(whereSeparator: \.isNewline).map(String.init)
        }
        let fields = try lines.map { header in
            guard let colon = header.firstIndex(of: ":"), colon != header.startIndex else {
                // It may be a secret whose name was left out.
                throw ValidationError("--header: give a header as 'Name: value'")
            }
            let value = header[header.index(after: colon)...].drop { $0 == " " }
            return (name: String(header[..<colon]), value: String(value))
        }
        return Headers(fields)
    }

    private func readPayload() throws -> [UInt8] { try read(payload == "-" ? "/dev/stdin" : payload) }

    private func read(_ name: String) throws -> [UInt8] {
        do throws(SystemError) {
            let file = try Descriptor(opening: name, 0)
            return try file.read(upTo: 4 << 20, from: name)
        } catch {
            throw ValidationError("\(error)")
        }
    }
}
