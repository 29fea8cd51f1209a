// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Catalogue
import Config
import Dispatch
import Handlers
import NIOConcurrencyHelpers
import Outbox
import POSIX

/// The command `webhook-fcgi resync`.
struct ResyncCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "resync",
        abstract: "Bring a catalogue in step with all that its Harbor has, and remove what is gone.",
        discussion: """
            It walks projects, repositories and artifacts, beside the service or without it. What the catalogue has and the
            walk did not meet is looked at in Harbor once more, and removed where Harbor says that it is gone: by the service, as
            after an event, where one runs.

            Interrupted, it goes on where it was the next time.

            Exit code 0 when all is in step, 1 when something could not be brought in step, 75 when it is not at its end.

            EXAMPLES:
              webhook-fcgi resync --receiver kargo-demo/portal
              webhook-fcgi resync --receiver kargo-demo/portal --project team-a
            """
    )

    enum Output: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @OptionGroup var options: SettingsOptions

    @Option(
        help: ArgumentHelp("The CatalogueReceiver.", valueName: "project/name"),
        completion: .receivers
    )
    var receiver: ReceiverName

    @Option(help: ArgumentHelp("Only this project of Harbor.", valueName: "name"))
    var project: String?

    @Flag(help: "Begin anew, whatever was done before an interruption.")
    var restart = false

    @Option(name: .shortAndLong, help: "How to print what came of it.")
    var output = Output.text

    func validate() throws {
        guard let project else { return }
        guard CatalogueObject(identifier: project) == .project(project) else {
            throw ValidationError("--project: '\(project)' cannot be the name of a project")
        }
    }

    func run() throws {
        // Before there is any other thread.
        let signal = StopSignal()
        let settings = try options.loadOrExit()
        let found = try catalogueReceiver(settings)
        let outbox = settings.existingOutbox(for: .writing)
        outbox.apply(settings.outbox)
        try orExit { () throws(OutboxError) in try outbox.checkWritable() }
        let lock = try lock(settings)
        let summary = try summary(of: found, outbox, settings.stateDirectory, signal)
        lock.release()
        try print(summary)
        switch summary.outcome {
        case .done where summary.failed == 0: break
        case .done: throw ExitCode(1)
        case .interrupted, .stopped: throw ExitCode(75)
        }
    }

    private func catalogueReceiver(_ settings: Settings) throws -> Receiver {
        let snapshot = try settings.loadSnapshotOrExit()
        let receivers = snapshot.receivers.filter { $0.provider == .catalogue }
        if let found = receivers.first(where: { $0.title == receiver.title }) {
            guard let obstacle = found.obstacle else { return found }
            printError("webhook-fcgi: the catalogue of '\(receiver.title)' cannot be used now: \(obstacle)")
            throw ExitCode(1)
        }
        if snapshot.unusable?.contains(receiver.title) == true {
            printError("webhook-fcgi: the CatalogueReceiver '\(receiver.title)' is left out: check says why")
            throw ExitCode(1)
        }
        let titles = receivers.map(\.title).joined(separator: ", ")
        throw ValidationError(
            "there is no CatalogueReceiver '\(receiver.title)'"
                + (titles.isEmpty ? ", nor any other" : ": give one of \(titles)")
        )
    }

    /// Two would do everything twice, and keep two positions in one place.
    private func lock(_ settings: Settings) throws -> FileLock {
        let name = receiver.title.split(separator: "/").joined(separator: ".")
        let path = "\(settings.stateDirectory)/resync.\(name).lock"
        do throws(SystemError) {
            if let lock = try FileLock(at: path, mode: 0o600) { return lock }
        } catch {
            printError("webhook-fcgi: \(error): run this as the user that serves")
            throw ExitCode(1)
        }
        printError(
            "webhook-fcgi: '\(receiver.title)' is being resynced by another process: wait for its end, "
                + "or find it with fuser '\(path)'"
        )
        throw ExitCode(1)
    }

    private func summary(
        of found: Receiver,
        _ outbox: Outbox,
        _ stateDirectory: String,
        _ signal: StopSignal
    ) throws -> Summary {
        let line = ProgressLine()
        let memory = EntityMemory(outbox)
        let complaints = MappingWarnings(line)
        let sent = ResyncedEntities(RememberedEntities(memory: memory, receiver: receiver))
        let catalogue = found.makeCatalogue(sent) { complaints.note($0, $1) }
        guard let catalogue, let configuration = found.catalogue else {
            preconditionFailure("it has a catalogue")
        }
        let target = ResyncedCatalogue(
            catalogue: catalogue,
            outbox: outbox,
            receiver: receiver,
            stateDirectory: stateDirectory
        )
        let notes = ResyncNotes(memory, outbox, of: receiver, sent)
        let resync = catalogue.resync(
            target,
            notes,
            project: project,
            configuration: configuration.contents
        ) {
            line.show($0.fraction, $0.words, trouble: $0.trouble)
        }
        let outcome = outcome(of: resync, signal)
        line.end()
        return Summary(receiver.title, project, outcome)
    }

    /// Waits for its end, which comes soon after a signal.
    private func outcome(of resync: Resync, _ signal: StopSignal) -> ResyncOutcome {
        let done = DispatchSemaphore(value: 0)
        let box = NIOLockedValueBox<ResyncOutcome?>(nil)
        let task = Task { [restart] in
            let outcome = await resync.run(restarting: restart)
            box.withLockedValue { $0 = outcome }
            done.signal()
        }
        while true {
            if let outcome = box.withLockedValue({ $0 }) { return outcome }
            guard signal.comes(within: 100) else { continue }
            task.cancel()
            done.wait()
        }
    }

    private func print(_ summary: Summary) throws {
        switch output {
        case .json: try printOutput(summary.json())
        case .text: try printOutput(summary.text)
        }
    }
}

extension ResyncProgress {
    fileprivate var words: String {
        let walked =
            "\(counts.projects) projects, \(counts.repositories) repositories, \(counts.artifacts) artifacts"
        return isRemoving ? "\(walked); \(counts.removed) removed of what was not met" : walked
    }
}
