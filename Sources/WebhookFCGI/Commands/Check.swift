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
        abstract: "Print every problem of the settings and the manifests, and what to do about it.",
        discussion: """
            It also says whether a server runs with these settings, and what would be added (+), removed (-) or \
            changed (~) if that read the manifests now.
            """
    )

    @OptionGroup var options: SettingsOptions

    @Option(name: .shortAndLong, help: "How to print them.")
    var output = Output.text

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    func run() throws {
        let (problems, comparison) = examine()
        if output == .json {
            try printOutput(Report(problems: problems.map(Row.init), running: comparison).json())
            if problems.contains(where: { $0.severity == .error }) { throw ExitCode(1) }
            return
        }
        if !problems.isEmpty { try printOutput(problems.map(\.description).joined(separator: "\n")) }
        if let comparison { try printOutput(comparison) }
        let errors = problems.filter { $0.severity == .error }.count
        if errors > 0 { throw ExitCode(1) }
        try printOutput(problems.isEmpty ? "no problems" : "no errors, \(problems.count) warning(s)")
    }

    private struct Report: Encodable {
        let problems: [Row]

        /// How what runs compares with what is there, as people read it; left out where that cannot be read.
        let running: String?
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

    /// The problems, and how what runs compares with what is there.
    private func examine() -> ([Problem], comparison: String?) {
        do throws(SettingsError) {
            let (settings, warnings) = try options.load()
            let (result, problems) = read(settings)
            let others =
                stateProblems(settings) + sinkProblems(settings, result?.snapshot) + logProblems(settings)
            return (
                warnings + problems + others,
                result.map { RunningServers(in: settings.stateDirectory).compare(with: $0) }
            )
        } catch {
            return (error.problems, nil)
        }
    }

    private func read(_ settings: Settings) -> (LoadResult?, [Problem]) {
        do throws(SourceError) {
            let source = try settings.makeSource()
            let result = try blocking { () throws(SourceError) in try await source.load() }
            return (result, result.problems)
        } catch {
            return (nil, [error.problem])
        }
    }

    /// What is there stays as it is, in its format and its place: a service may be using it.
    private func stateProblems(_ settings: Settings) -> [Problem] {
        do throws(OutboxError) {
            try settings.existingOutbox(for: .writing).checkWritable()
        } catch {
            switch error.code {
            case .absent: return newStateProblems(settings)
            case .outdated: return [Problem(.warning, message: "\(error)")]
            default: return [Problem(message: "\(error): make it writable for the user that serves")]
            }
        }
        return []
    }

    private func newStateProblems(_ settings: Settings) -> [Problem] {
        let outbox = Outbox(directory: settings.stateDirectory, settings: settings.outbox) { _ in }
        do throws(OutboxError) { try outbox.checkWritable() } catch {
            return [Problem(message: "\(error): make it writable for the user that serves")]
        }
        return []
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
