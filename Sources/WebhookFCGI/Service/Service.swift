// SPDX-License-Identifier: Apache-2.0

import Config
import Dispatch
import Logging
import NIOConcurrencyHelpers
import Outbox
import POSIX
import Sinks
import Subscriptions

/// What is behind the responder: the state in force, and how it is replaced.
final class Service: Sendable {
    /// Reads the settings, and reads them again at every reload.
    typealias LoadSettings = @Sendable () throws(SettingsError) -> (settings: Settings, warnings: [Problem])

    let log: Log

    /// What is promised and not done yet, and the log of deliveries.
    let outbox: Outbox

    /// Where the outbox is, whatever the settings say since.
    let stateDirectory: String

    /// What is counted.
    let metrics = Metrics()

    /// Senders that wait a moment for their refreshes.
    let confirmations = Confirmations()

    /// What the receivers have used up of what they may.
    let rates = RateLimiter()

    /// What brings up to date what catalogues show.
    let catalogueSink: CatalogueSink

    /// Where the pages for people are made.
    let pages = PageQueue()

    /// Rung when there is something to deliver to a sink, and to a catalogue.
    let doorbell = Doorbell()
    let catalogueDoorbell = Doorbell()

    /// Rung when another source is in force.
    let sourceChange = Doorbell()

    private let known = NIOLockedValueBox(Troubles())

    private let current: NIOLockedValueBox<State>
    private let loadSettings: LoadSettings

    /// Reading a large fleet takes seconds, in which nothing else must wait.
    private let reloads = DispatchQueue(label: "webhook-fcgi.reload")

    /// Starts with all that is sound in the manifests and says what is not.
    init(_ settings: Settings, log: Log, loadSettings: @escaping LoadSettings) throws(SetupError) {
        self.log = log
        self.loadSettings = loadSettings
        stateDirectory = settings.stateDirectory
        outbox = Outbox(directory: settings.stateDirectory, settings: settings.outbox) {
            log.logger.error("\($0)")
        }
        let (state, problems) = try State.make(settings)
        let current = NIOLockedValueBox(state)
        self.current = current
        let complaints = MappingComplaints(log.logger)
        catalogueSink = CatalogueSink(
            EntityMemory(outbox),
            snapshot: { current.withLockedValue(\.snapshot) },
            report: complaints.note
        )
        report(problems)
        announce(state.snapshot == nil ? "waiting for the cluster to be read" : "serving", state)
        do throws(OutboxError) { try outbox.checkWritable() } catch {
            log.logger.error(
                "deliveries cannot be kept now, senders get 503",
                metadata: ["error": "\(error)"]
            )
        }
    }

    var state: State { current.withLockedValue { $0 } }

    /// Wakes whoever delivers what a turn has committed; `idle` are the lanes in which nothing was pending before.
    ///
    /// Where something waits already, its deliverer is awake, or looks soon.
    func wakeDeliverers(_ idle: Target.Lanes) {
        if idle.contains(.warehouses) { doorbell.ring() }
        if idle.contains(.catalogue) { catalogueDoorbell.ring() }
    }

    /// Reads settings and manifests again, and returns at once.
    func reload() { reloads.async { self.reloadNow() } }

    /// Opens the log file again, after logrotate has moved it away.
    func reopenLog() {
        do throws(SystemError) { try log.reopen() } catch {
            log.logger.error("the log goes on in the old file", metadata: ["error": "\(error)"])
        }
    }

    var troubles: Troubles { known.withLockedValue(\.self) }

    /// Takes note of what is wrong with the sink, or that nothing is.
    func note(sink trouble: String?) { known.withLockedValue { $0.sink = trouble } }

    /// Takes note of what waits in the outbox, and whether deliveries are taken.
    func note(backlog: Backlog?, ofCatalogues objects: Backlog?, isReady: Bool) {
        known.withLockedValue {
            $0.backlog = backlog ?? $0.backlog
            $0.catalogueBacklog = objects ?? $0.catalogueBacklog
            $0.isReady = isReady
        }
    }

    /// Takes in what `source` says by itself, which came into force as number `generation`.
    func take(_ news: SourceNews, from source: any LiveSource, _ generation: Int) {
        // Another one is in force: what this one still says concerns nobody.
        guard state.generation == generation else { return }
        switch news {
        case .changed(let snapshot, let problems):
            report(problems)
            let old = current.withLockedValue { state in
                let old = state
                if state.generation == generation { state.use(snapshot) }
                return old
            }
            guard old.generation == generation else { return }
            wakeCatalogues(after: old.snapshot)
            if old.snapshot == nil {
                announce("serving", state)
            } else if source.isReadAsAWhole {
                Memory.giveBack()
                metrics.countReload(.success)
                announce("the manifests have changed", state)
            }
        case .failing(let reason, let problems):
            report(problems)
            if source.isReadAsAWhole { metrics.countReload(.failure) }
            let advice: Logger.Message =
                state.snapshot == nil
                ? "\(source.title) cannot be read yet, senders get 503"
                : "\(source.title) cannot be read, everything goes on with what was read last"
            log.logger.error(advice, metadata: ["error": "\(reason)"])
            known.withLockedValue { $0.source = "\(advice): \(reason)" }
        case .recovered:
            log.logger.notice("\(source.title) can be read again")
            known.withLockedValue { $0.source = nil }
        case .watchRestarted: metrics.watchRestarts.add()
        case .impaired(let problem): report([problem])
        }
    }
}

extension Service {
    /// What cannot be read, or makes no sense as settings, changes nothing; deliveries under way keep the
    /// state they began with.
    private func reloadNow() {
        do throws(SetupError) {
            let old = state
            let settings = try readSettings()
            let (new, problems) = try State.make(settings, after: old)
            do throws(SystemError) { try log.reopen(settings.log) } catch { throw SetupError(error) }
            report(problems)
            warnOfRestart(old.settings, settings)
            current.withLockedValue { $0.become(new) }
            wakeCatalogues(after: old.snapshot)
            outbox.apply(settings.outbox)
            if new.generation != old.generation {
                known.withLockedValue { $0.source = nil }
                sourceChange.ring()
            }
            known.withLockedValue { $0.reload = nil }
            metrics.countReload(.success)
            announce("reloaded", new)
        } catch {
            report(error.problems)
            known.withLockedValue {
                $0.reload = "the last reload failed, everything goes on as before: the log says why"
            }
            metrics.countReload(.failure)
            log.logger.error("reload failed, everything goes on as before")
        }
    }

    private func readSettings() throws(SetupError) -> Settings {
        do throws(SettingsError) {
            let (settings, warnings) = try loadSettings()
            report(warnings)
            return settings
        } catch {
            throw SetupError(error.problems)
        }
    }

    private func warnOfRestart(_ old: Settings, _ new: Settings) {
        if new.responders != old.responders {
            log.logger.warning("the number of responders changes with the next start, not with a reload")
        }
        if new.stateDirectory != old.stateDirectory {
            log.logger.warning("stateDirectory changes with the next start, not with a reload")
        }
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
                "receivers": "\(state.snapshot?.receivers.count ?? 0)",
                "warehouses": "\(state.snapshot?.warehouseCount ?? 0)",
                "version": "\(version)",
            ]
        )
    }
}
