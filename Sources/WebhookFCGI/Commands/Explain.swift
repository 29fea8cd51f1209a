// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Catalogue
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

            Of a CatalogueReceiver's delivery it reads from Harbor what would be sent, and sends nothing.

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

    @Flag(help: "Do not ask Harbor: show what a CatalogueReceiver would do if its objects were gone.")
    var offline = false

    @Option(name: .shortAndLong, help: "How to print it.")
    var output = Output.text

    func run() throws {
        let delivery = Delivery(headers: try parsedHeaders(), body: try readPayload())
        let settings = try options.loadOrExit()
        let snapshot = try settings.loadSnapshotOrExit()
        guard let receiver = snapshot.receivers.first(where: { $0.title == receiver }) else {
            let titles = snapshot.receivers.map(\.title).joined(separator: ", ")
            throw ValidationError("there is no receiver '\(receiver)': give one of \(titles)")
        }
        let decision = decide(delivery, receiver, snapshot)
        var explanation = Explanation(decision.decision, receiver, decision.authenticity)
        if let objects = decision.decision.update?.objects {
            explanation.catalogue = preview(objects, receiver, settings)
            explanation.obstacle = receiver.obstacle?.description
        }
        switch output {
        case .text: try printOutput(explanation.description)
        case .json: try printOutput(explanation.json())
        }
        if explanation.targets.isEmpty { throw ExitCode(1) }
    }

    /// What would be done for each of the objects.
    private func preview(
        _ objects: [CatalogueObject],
        _ receiver: Receiver,
        _ settings: Settings
    ) -> [CatalogueExplanation]? {
        let memory = EntityMemory(settings.existingOutbox(for: .reading))
        let sent = ReadEntities(entities: RememberedEntities(memory: memory, receiver: receiver.id))
        guard let catalogue = receiver.makeCatalogue(sent, report: { _, _ in }) else { return nil }
        return blocking { [offline] in
            var explanations: [CatalogueExplanation] = []
            for object in objects {
                let preview = await catalogue.preview(object, asksHarbor: !offline)
                explanations.append(CatalogueExplanation(object, preview, isAsked: !offline))
            }
            return explanations
        }
    }

    private func decide(
        _ delivery: Delivery,
        _ receiver: Receiver,
        _ snapshot: Snapshot
    ) -> (decision: Decision, authenticity: Explanation.Authenticity) {
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
        return (decision, authenticity)
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
