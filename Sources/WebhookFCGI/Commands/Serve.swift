// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import FastCGI
import Glibc
import Logging
import POSIX

/// The command `webhook-fcgi serve`.
struct Serve: ParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Answer webhooks (the default).",
        discussion: """
            Without --listen, standard input has to be the listening socket, as spawn-fcgi and systemd pass it.

            SIGTERM and SIGINT finish what is in flight and end; SIGHUP reads settings and manifests again;
            SIGUSR1 opens the log file again.
            """
    )

    @OptionGroup var options: SettingsOptions

    @Option(help: ArgumentHelp("Listen at unix:PATH or HOST:PORT.", valueName: "address"))
    var listen: String?

    func run() throws {
        // Before any thread exists, so that none of them ever gets one.
        let signals = Signals()
        Memory.limitPools(to: 2)
        let settings = try options.loadOrExit()
        let listening = try listeningSocket()
        let log = try openLog(settings)
        let service = try makeService(settings, log)
        if listening.isReachableFromOutside {
            log.logger.warning(
                "the socket can be reached from outside this machine: whoever connects is taken for nginx"
            )
        }
        raiseFileLimit()
        let threads: ResponderThreads
        do {
            threads = try ResponderThreads(
                count: settings.responders,
                // Nobody else may hold it: it has to be gone the moment the threads give it up.
                listening: consume listening,
                responder: DeliveryResponder(service: service)
            ) { log.logger.error("\($0)") }
        } catch {
            log.logger.critical("\(error)")
            throw ExitCode(1)
        }
        let background = Background(service)
        signals.handleUntilStopped(service)
        // The loops give up after ten seconds by themselves; one that hangs in a dead disk cannot.
        alarm(15)
        threads.stop()
        background.stop()
        log.logger.notice("stopped")
    }

    private func listeningSocket() throws -> ListeningSocket {
        do {
            guard let listen else { return try .inherited() }
            return try .bound(to: ListenAddress(listen))
        } catch {
            printError("webhook-fcgi: \(error)")
            throw ExitCode(64)
        }
    }

    private func makeService(_ settings: Settings, _ log: Log) throws -> Service {
        do throws(SetupError) {
            return try Service(settings, log: log) { [options] () throws(SettingsError) in try options.load()
            }
        } catch {
            for problem in error.problems {
                log.logger.critical("\(problem)")
                printError("\(problem)")
            }
            throw ExitCode(78)
        }
    }

    private func openLog(_ settings: Settings) throws -> Log {
        do { return try Log(settings.log) } catch {
            printError("webhook-fcgi: \(error): change log.file or the rights of its folder")
            throw ExitCode(78)
        }
    }
}
