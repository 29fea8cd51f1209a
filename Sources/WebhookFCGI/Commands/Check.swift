// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import NIOConcurrencyHelpers
import Outbox
import POSIX
import Sinks
import Subscriptions

/// The command `webhook-fcgi check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every problem of the settings and the manifests, and what to do about it."
    )

    @OptionGroup var options: SettingsOptions

    @Option(name: .shortAndLong, help: "How to print them.")
    var output = Output.text

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func run() throws {
        let problems = findProblems()
        if output == .json {
            try printOutput(problems.map(Row.init).json())
            if problems.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
            return
        }
        if !problems.isEmpty { try printOutput(problems.map(\.description).joined(separator: "\n")) }
        let errors = problems.filter { $0.severity == .error }.count
        if errors > 0 { throw ExitCode(1) }
        try printOutput(problems.isEmpty ? "no problems" : "no errors, \(problems.count) warning(s)")
    }

    private struct Row: Encodable {
        let severity: String
        let file: String?
        let line: Int?
        let message: String

        init(_ problem: Problem) {
            severity = "\(problem.severity)"
            file = problem.file
            line = problem.line
            message = problem.message
        }
    }

    private func findProblems() -> [Problem] {
        do throws(SettingsError) {
            let (settings, warnings) = try options.load()
            let (snapshot, problems) = read(settings)
            return warnings + problems + stateProblems(settings) + sinkProblems(settings, snapshot)
                + logProblems(settings)
        } catch {
            return error.problems
        }
    }

    private func read(_ settings: Settings) -> (Snapshot?, [Problem]) {
        do throws(SourceError) {
            let source = try settings.makeSource()
            let result = try blocking { () throws(SourceError) in try await source.load() }
            return (result.snapshot, result.problems)
        } catch {
            return (nil, [error.problem])
        }
    }

    private func stateProblems(_ settings: Settings) -> [Problem] {
        let moved = NIOLockedValueBox<[Problem]>([])
        let outbox = Outbox(directory: settings.stateDirectory, settings: settings.outbox) { text in
            moved.withLockedValue { $0.append(Problem(.warning, message: text)) }
        }
        var problems: [Problem] = []
        do throws(OutboxError) { try outbox.checkWritable() } catch {
            problems.append(Problem(message: "\(error): make it writable for the user that serves"))
        }
        return moved.withLockedValue { $0 } + problems
    }

    private func sinkProblems(_ settings: Settings, _ snapshot: Snapshot?) -> [Problem] {
        do throws(SinkError) {
            let sink = try settings.makeSink()
            let example = snapshot?.subscriptions.exampleTarget
            try blocking { () throws(SinkError) in try await sink.check(example) }
            return []
        } catch {
            return [Problem(message: "refreshes cannot be delivered: \(error)")]
        }
    }

    /// The file itself is not made: the user that checks may be another one than the user that serves.
    private func logProblems(_ settings: Settings) -> [Problem] {
        guard let file = settings.log.file, let slash = file.lastIndex(of: "/") else { return [] }
        let folder = slash == file.startIndex ? "/" : String(file[..<slash])
        do throws(SystemError) {
            if try FileStatus(of: folder).kind == .folder { return [] }
            return [Problem(message: "log.file: '\(folder)' is not a folder: give another path")]
        } catch {
            return [Problem(message: "log.file: \(error): make the folder, or give another path")]
        }
    }
}
