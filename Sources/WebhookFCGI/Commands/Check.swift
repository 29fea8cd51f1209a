// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import NIOConcurrencyHelpers
import Outbox
import POSIX
import Sinks

/// The command `webhook-fcgi check`.
struct Check: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Print every problem of the settings and the manifests, and what to do about it."
    )

    @OptionGroup var options: SettingsOptions

    func run() throws {
        let problems = findProblems()
        if !problems.isEmpty { try printOutput(problems.map(\.description).joined(separator: "\n")) }
        let errors = problems.filter { $0.severity == .error }.count
        if errors > 0 { throw ExitCode(1) }
        try printOutput(problems.isEmpty ? "no problems" : "no errors, \(problems.count) warning(s)")
    }

    private func findProblems() -> [Problem] {
        do throws(SettingsError) {
            let (settings, warnings) = try options.load()
            return warnings + manifestProblems(settings) + stateProblems(settings) + logProblems(settings)
        } catch {
            return error.problems
        }
    }

    private func manifestProblems(_ settings: Settings) -> [Problem] {
        do throws(SourceError) { return try settings.makeSource().load().problems } catch {
            return [error.problem]
        }
    }

    private func stateProblems(_ settings: Settings) -> [Problem] {
        let moved = NIOLockedValueBox<[Problem]>([])
        let outbox = Outbox(directory: settings.stateDirectory, settings: settings.outbox) { text in
            moved.withLockedValue { $0.append(Problem(.warning, message: text)) }
        }
        var problems: [Problem] = []
        let advice = "make it writable for the user that serves"
        do throws(OutboxError) { try outbox.checkWritable() } catch {
            problems.append(Problem(message: "\(error): \(advice)"))
        }
        let sink = settings.makeSink()
        do throws(SinkError) { try blocking { () throws(SinkError) in try await sink.check(nil) } } catch {
            problems.append(Problem(message: "\(error): \(advice)"))
        }
        return moved.withLockedValue { $0 } + problems
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
