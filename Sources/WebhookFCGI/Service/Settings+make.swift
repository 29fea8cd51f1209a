// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import Outbox
import POSIX
import Sinks

/// From what the settings say to what does it: the one place that knows all sources and sinks.
extension Settings {
    func makeSource() -> any Config.Source {
        DirectorySource(
            directory: source.directory,
            baseURL: baseURL,
            systemResourcesNamespace: source.systemResourcesNamespace
        )
    }

    func makeSink() -> any Sinks.Sink {
        switch sink {
        case .file(let directory): FileSink(directory: directory)
        }
    }

    var outbox: OutboxSettings {
        OutboxSettings(
            minimumInterval: refresh.minInterval,
            repetitionWindow: dedupe.window,
            keptDeliveries: deliveries.keep,
            keptFor: .seconds(deliveries.days * 86_400)
        )
    }

    /// The receivers, for a command that cannot go on without them; problems go to standard error.
    func loadSnapshotOrExit() throws -> Snapshot {
        do throws(SourceError) {
            let result = try makeSource().load()
            for problem in result.problems { printError("\(problem)") }
            return result.snapshot
        } catch {
            printError("\(error)")
            throw ExitCode(78)
        }
    }
}
