// SPDX-License-Identifier: Apache-2.0

import Foundation
package import Glibc
import POSIX

/// A program that a test started, ended by its id at the latest when the test is over.
package final class ChildProcess {
    package let pid: pid_t
    private var status: ExitStatus?

    /// Starts the program that `PATH` has under the first word; `output` and `errors` are files to append to.
    package init(
        _ command: [String],
        environment: [String: String] = [:],
        output: String = "/dev/null",
        errors: String = "/dev/null"
    ) throws {
        var actions = unsafe posix_spawn_file_actions_t()
        unsafe posix_spawn_file_actions_init(&actions)
        defer { unsafe posix_spawn_file_actions_destroy(&actions) }
        unsafe posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        unsafe posix_spawn_file_actions_addopen(&actions, 1, output, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        unsafe posix_spawn_file_actions_addopen(&actions, 2, errors, O_WRONLY | O_CREAT | O_APPEND, 0o600)
        // What other tests have open is not this program's.
        unsafe closeDescriptors(of: &actions, from: 3)

        let arguments = unsafe CStrings(command)
        let variables = unsafe CStrings(Self.environment(with: environment).map { "\($0)=\($1)" })
        var pid: pid_t = 0
        let code = unsafe posix_spawn(
            &pid,
            Self.path(of: command[0]),
            &actions,
            nil,
            arguments.pointers,
            variables.pointers
        )
        guard code == 0 else { throw SystemError(errno: code, doing: "starting \(command[0])") }
        self.pid = pid
    }

    deinit { end() }

    package func signal(_ signal: Int32) { if status == nil { kill(pid, signal) } }

    /// How the process ended, nil while it runs.
    package func poll() -> ExitStatus? {
        var code: Int32 = 0
        if status == nil, unsafe waitpid(pid, &code, WNOHANG) == pid { status = ExitStatus(waitStatus: code) }
        return status
    }

    package func waitForEnd(within bound: Duration = .seconds(180)) throws -> ExitStatus {
        try eventually("process \(pid) ends", within: bound) { poll() != nil }
        return status ?? .exited(-1)
    }

    /// Asks, and then insists.
    package func end() {
        signal(SIGTERM)
        if (try? waitForEnd(within: .seconds(30))) != nil { return }
        signal(SIGKILL)
        _ = try? waitForEnd()
    }

    /// nginx lives where only root's path leads.
    private static func path(of program: String) -> String {
        let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin").split(separator: ":")
        let paths = (folders + ["/usr/sbin", "/sbin"]).map { "\($0)/\(program)" }
        return paths.first { FileManager.default.isExecutableFile(atPath: $0) } ?? program
    }

    /// What this process has, except for settings of the program that somebody may have exported.
    private static func environment(with more: [String: String]) -> [String: String] {
        ProcessInfo.processInfo.environment.filter { !$0.key.hasPrefix("WEBHOOK_FCGI_") }
            .merging(more) { $1 }
    }
}
