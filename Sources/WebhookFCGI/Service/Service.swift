// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import NIOConcurrencyHelpers
import Outbox
import POSIX
import Sinks
import Subscriptions

/// What is behind the responder: the state in force, and how it is replaced.
final class Service: Sendable {
    /// Immutable and swapped as a whole, so that every turn sees receivers, subscriptions and limits that
    /// belong together.
    struct State: Sendable {
        let settings: Settings
        let snapshot: Snapshot
        let sink: any Sink
    }

    /// Reads the settings, and reads them again at every reload.
    typealias LoadSettings = @Sendable () throws(SettingsError) -> (settings: Settings, warnings: [Problem])

    let log: Log

    /// What is promised and not done yet, and the log of deliveries.
    let outbox: Outbox

    /// Senders that wait a moment for their refreshes.
    let confirmations = Confirmations()

    /// Rung when there is something to deliver.
    let doorbell = Doorbell()
    private let current: NIOLockedValueBox<State>
    private let loadSettings: LoadSettings

    /// Starts with all that is sound in the manifests and says what is not.
    init(_ settings: Settings, log: Log, loadSettings: @escaping LoadSettings) throws(SourceError) {
        self.log = log
        self.loadSettings = loadSettings
        outbox = Outbox(directory: settings.stateDirectory, settings: settings.outbox) {
            log.logger.error("\($0)")
        }
        let result = try settings.makeSource().load()
        let state = State(settings: settings, snapshot: result.snapshot, sink: settings.makeSink())
        current = NIOLockedValueBox(state)
        report(result.problems)
        announce("serving", state)
        do throws(OutboxError) { try outbox.checkWritable() } catch {
            log.logger.error(
                "deliveries cannot be kept now, senders get 503",
                metadata: ["error": "\(error)"]
            )
        }
        do throws(SinkError) {
            let example = state.snapshot.subscriptions.exampleTarget
            try blocking { () throws(SinkError) in try await state.sink.check(example) }
        } catch {
            log.logger.error("refreshes cannot be delivered now", metadata: ["error": "\(error)"])
        }
    }

    var state: State { current.withLockedValue { $0 } }

    /// Reads settings and manifests again.
    ///
    /// What cannot be read, or makes no sense as settings, changes nothing; deliveries under way keep the
    /// state they began with.
    func reload() {
        do throws(ReloadError) {
            let new = try loadState()
            current.withLockedValue { $0 = new }
            outbox.apply(new.settings.outbox)
            announce("reloaded", new)
        } catch {
            report(error.problems)
            log.logger.error("reload failed, everything goes on as before")
        }
    }

    /// Opens the log file again, after logrotate has moved it away.
    func reopenLog() {
        do throws(SystemError) { try log.reopen() } catch {
            log.logger.error("the log goes on in the old file", metadata: ["error": "\(error)"])
        }
    }
}

extension Service {
    private struct ReloadError: Error {
        let problems: [Problem]
    }

    private func loadState() throws(ReloadError) -> State {
        let old = state.settings
        let settings: Settings
        let result: LoadResult
        do throws(SettingsError) {
            let (loaded, warnings) = try loadSettings()
            settings = loaded
            report(warnings)
        } catch {
            throw ReloadError(problems: error.problems)
        }
        do throws(SourceError) { result = try settings.makeSource().load() } catch {
            throw ReloadError(problems: [error.problem])
        }
        guard result.isComplete else { throw ReloadError(problems: result.problems) }
        do throws(SystemError) { try log.reopen(settings.log) } catch {
            throw ReloadError(problems: [Problem(message: "\(error)")])
        }
        report(result.problems)
        if settings.responders != old.responders {
            log.logger.warning("the number of responders changes with the next start, not with a reload")
        }
        if settings.stateDirectory != old.stateDirectory {
            log.logger.warning("stateDirectory changes with the next start, not with a reload")
        }
        // One that stays the same keeps its connections.
        let sink = settings.sink == old.sink ? state.sink : settings.makeSink()
        return State(settings: settings, snapshot: result.snapshot, sink: sink)
    }

    private func report(_ problems: [Problem]) {
        for problem in problems {
            log.logger.log(level: problem.severity == .error ? .error : .warning, "\(problem)")
        }
    }

    private func announce(_ what: Logger.Message, _ state: State) {
        log.logger.notice(
            what,
            metadata: [
                "receivers": "\(state.snapshot.receivers.count)",
                "warehouses": "\(state.snapshot.warehouseCount)",
                "version": "\(version)",
            ]
        )
    }
}
