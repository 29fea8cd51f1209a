// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Glibc

/// The program as it serves: one process, or several that share a socket.
package final class Responder {
    package enum Start {
        /// By spawn-fcgi, which becomes the responder.
        case spawnFCGI
        /// By spawn-fcgi, as so many processes in the background.
        case forks(Int)
        /// By itself, with `--listen`.
        case listening
    }

    package let pids: [pid_t]

    /// The process whose exit status can be asked for; nil with forks, which are nobody's children.
    private let process: ChildProcess?
    private let socketPath: String

    /// Starts it with `folder`'s config.yaml, and returns when it answers.
    package init(_ start: Start, in folder: TemporaryFolder, config: String = "config.yaml") throws {
        socketPath = "\(folder.path)/socket"
        let serve = [Checkout.program, "serve", "--config", "\(folder.path)/\(config)"]
        let spawn = ["spawn-fcgi", "-s", socketPath, "-M", "0600"]
        let errors = "\(folder.path)/errors"
        switch start {
        case .spawnFCGI:
            let process = try ChildProcess(spawn + ["-n", "--"] + serve, errors: errors)
            pids = [process.pid]
            self.process = process
        case .listening:
            let process = try ChildProcess(serve + ["--listen", "unix:\(socketPath)"], errors: errors)
            pids = [process.pid]
            self.process = process
        case .forks(let count):
            let pidFile = "\(folder.path)/pids"
            _ = try Command(spawn + ["-F", "\(count)", "-P", pidFile, "--"] + serve).succeeded()
            pids = folder.read("pids").split(whereSeparator: \.isWhitespace).compactMap { pid_t($0) }
            process = nil
        }
        do { try waitUntilItAnswers() } catch {
            end()
            throw Failure("\(error): \(folder.read("errors"))")
        }
    }

    deinit { end() }

    /// To every process.
    package func signal(_ signal: Int32) {
        for pid in pids { kill(pid, signal) }
    }

    /// The exit status of the one process, once it has ended; `bound` is what the process may take.
    package func waitForEnd(within bound: Duration = .seconds(180)) throws -> ExitStatus {
        guard let process else { throw Failure("several processes have no exit status") }
        return try process.waitForEnd(within: bound)
    }

    /// Ends every process, by its id.
    package func end() {
        if let process { return process.end() }
        for pid in pids where isRunning(pid) { kill(pid, SIGTERM) }
        if (try? eventually("responders end") { !pids.contains(where: isRunning) }) != nil { return }
        for pid in pids where isRunning(pid) { kill(pid, SIGKILL) }
    }

    package func connect() throws -> FastCGIConnection { try FastCGIConnection(path: socketPath) }

    private func waitUntilItAnswers() throws {
        guard pids.count > 0 else { throw Failure("no process was started") }
        try eventually("the responder answers") {
            if let status = process?.poll() { throw Failure("the responder ended: \(status)") }
            guard let connection = try? connect() else { return false }
            return try connection.exchange(FastCGIRequest(parameters: ["SCRIPT_NAME": "/"])) != nil
        }
    }
}

/// Whether there is such a process that has not ended; one that nobody has waited for has.
package func isRunning(_ pid: pid_t) -> Bool {
    guard let status = FileManager.default.contents(atPath: "/proc/\(pid)/stat") else { return false }
    let afterName = String(decoding: status, as: UTF8.self).split(separator: ") ").last ?? "Z"
    return afterName.first != "Z" && afterName.first != "X"
}
