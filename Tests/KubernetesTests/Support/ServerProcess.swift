// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A server that ends with the tests, however they end.
final class ServerProcess: Sendable {
    private let supervisor: Supervisor
    private let pidFile: String
    private let log: String

    /// `Process` and `Pipe` may be used from any thread, one at a time.
    private struct Supervisor: @unchecked Sendable {
        let process = Process()
        let input = Foundation.Pipe()
    }

    init(
        _ program: String,
        _ arguments: [String],
        name: String,
        in folder: String,
        removesFolder: Bool
    ) throws {
        pidFile = "\(folder)/\(name).pid"
        log = "\(folder)/\(name).log"
        try? FileManager.default.removeItem(atPath: pidFile)
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        supervisor = Supervisor()
        // Or every program that a test starts would hold it open.
        _ = fcntl(supervisor.input.fileHandleForWriting.fileDescriptor, F_SETFD, FD_CLOEXEC)
        let process = supervisor.process
        process.executableURL = URL(fileURLWithPath: "\(Scripts.folder)/supervise.sh")
        process.arguments = [pidFile, program] + arguments
        process.standardInput = supervisor.input
        process.standardOutput = FileHandle(forWritingAtPath: log)
        process.standardError = process.standardOutput
        if removesFolder {
            process.environment = ProcessInfo.processInfo.environment.merging(["REMOVE_AT_END": folder]) {
                $1
            }
        }
        try process.run()
    }

    /// Ends it with SIGKILL and waits for that.
    func kill() throws {
        try supervisor.input.fileHandleForWriting.close()
        supervisor.process.waitUntilExit()
    }

    /// Whether the server itself still runs.
    var isRunning: Bool {
        guard let text = try? String(contentsOfFile: pidFile, encoding: .utf8) else { return true }
        guard let pid = Int32(text.trimmingCharacters(in: .newlines)) else { return false }
        return Foundation.kill(pid, 0) == 0
    }

    var lastWords: String {
        let text = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(15).joined(separator: "\n")
    }
}
