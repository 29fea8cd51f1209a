// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import POSIX
import Outbox
import Subscriptions

extension [Target] {
    /// Does something to each pending refresh, and prints that it is done, or that there is none.
    func change(
        _ output: OutputFormat,
        _ done: String,
        by change: (Target) throws(OutboxError) -> Bool
    ) throws {
        var rows: [[String: String]] = []
        var isMissing = false
        for target in self {
            let isPending = try orExit { () throws(OutboxError) in try change(target) }
            isMissing = isMissing || !isPending
            switch output {
            case .json: rows.append(["target": "\(target)", "outcome": isPending ? done : "is not pending"])
            case .table where isPending: try printOutput("\(target) \(done)")
            case .table: printError("webhook-fcgi: \(target) is not pending")
            }
        }
        if output == .json { try printOutput(rows.json()) }
        if isMissing { throw ExitCode(1) }
    }
}
