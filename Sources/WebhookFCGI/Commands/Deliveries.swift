// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import Outbox
import POSIX

/// The command `webhook-fcgi deliveries`.
struct Deliveries: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print what came in, the newest last, and what became of it.",
        discussion: """
            What was refused is not in the log: webhook-fcgi receivers counts it.

            EXAMPLES:
              webhook-fcgi deliveries --since 1h --receiver kargo-demo/harbor-wh-receiver
              webhook-fcgi deliveries --follow
              webhook-fcgi deliveries --status none
              webhook-fcgi deliveries show 019b7c1e-8f3a
            """,
        subcommands: [DeliveriesShow.self]
    )

    @OptionGroup var options: SettingsOptions

    @Option(
        help: ArgumentHelp(
            "Only those to this receiver; a cluster's has no project.",
            valueName: "project/name"
        ),
        completion: .receivers
    )
    var receiver: ReceiverName?

    @Option(
        help: ArgumentHelp(
            "Only those with this HTTP status, or of whose targets the worst is pending, gone, dropped, delivered or "
                + "forgotten, or none where there was nothing to refresh. May be given several times.",
            valueName: "status"
        )
    )
    var status: [DeliveryStatus] = []

    @Option(
        help: ArgumentHelp(
            "Only those that came in this time, such as 30m, 1h or 2d.",
            valueName: "duration"
        ),
        transform: { text in
            guard let duration = Duration(text: text) else {
                throw ValidationError("'\(text)' is not a duration such as 30m, 1h or 2d")
            }
            return duration
        }
    )
    var since: Duration?

    @Option(name: .shortAndLong, help: ArgumentHelp("How many at most, the newest.", valueName: "number"))
    var limit = 20

    @Flag(
        name: .shortAndLong,
        help: "Go on with those that come in, until SIGINT; JSON is one object a line then."
    )
    var follow = false

    @OptionGroup var format: OutputOptions

    private var filter: DeliveryFilter {
        var filter = DeliveryFilter()
        filter.receiver = receiver
        filter.since = since.map { Timestamp.now() - $0 }
        for status in status {
            switch status {
            case .http(let status): filter.statuses.insert(status)
            case .result(let result): filter.results.insert(result)
            }
        }
        return filter
    }

    func validate() throws {
        guard limit >= 0 else { throw ValidationError("--limit: give a number that is not negative") }
        guard !follow || !status.contains(where: { $0 != .result(.none) && $0.isResult }) else {
            throw ValidationError(
                "--follow prints a delivery when it comes, before its outcome is known: give no such --status with it"
            )
        }
    }

    func run() throws {
        // Before any thread exists.
        let stop = follow ? StopSignal() : nil
        let outbox = try options.loadOrExit().existingOutbox(for: .reading)
        // Whatever comes after this is not among the first.
        let last = try orExit { () throws(OutboxError) in try outbox.lastSequence() }
        let deliveries = try orExit { () throws(OutboxError) in try outbox.deliveries(filter, last: limit) }
        guard let stop else { return try print(deliveries) }
        var printer = Printer(format.output)
        try printer.print(deliveries, isFirst: true)
        try follow(outbox, after: max(last, deliveries.last?.sequence ?? 0), &printer, stop)
    }

    private func print(_ deliveries: [LoggedDelivery]) throws {
        let summaries = deliveries.map(DeliverySummary.init)
        switch format.output {
        case .json: try printOutput(summaries.json())
        case .table:
            var table = Table(DeliverySummary.columns)
            try printOutput(table.text(summaries.map { $0.cells(at: .now()) }))
        }
    }

    /// What is printed at once.
    private static let batchSize = 1000

    /// Prints what comes in, several times a second.
    private func follow(
        _ outbox: Outbox,
        after sequence: Int64,
        _ printer: inout Printer,
        _ stop: StopSignal
    ) throws {
        var sequence = sequence
        while !stop.comes(within: 300) {
            let newest = try orExit { () throws(OutboxError) in try outbox.lastSequence() }
            // A damaged log has made room for a new one.
            if newest < sequence { sequence = 0 }
            let deliveries = try orExit { () throws(OutboxError) in
                try outbox.deliveries(filter, after: sequence, limit: Self.batchSize)
            }
            // What the filter held back is not looked at again.
            let isAll = deliveries.count < Self.batchSize
            sequence = max(isAll ? newest : sequence, deliveries.last?.sequence ?? 0)
            try printer.print(deliveries, isFirst: false)
        }
    }

    /// Prints deliveries in batches.
    private struct Printer {
        private let output: OutputFormat
        private var table = Table(DeliverySummary.columns)

        init(_ output: OutputFormat) { self.output = output }

        mutating func print(_ deliveries: [LoggedDelivery], isFirst: Bool) throws {
            guard isFirst && output == .table || !deliveries.isEmpty else { return }
            let summaries = deliveries.map(DeliverySummary.init)
            switch output {
            case .json:
                try printFollowed(summaries.map { $0.json(inOneLine: true) }.joined(separator: "\n"))
            case .table:
                let rows = summaries.map { $0.cells(at: .now()) }
                try printFollowed(isFirst ? table.text(rows) : table.more(rows))
            }
        }
    }
}

extension DeliveryStatus {
    fileprivate var isResult: Bool {
        if case .result = self { true } else { false }
    }
}
