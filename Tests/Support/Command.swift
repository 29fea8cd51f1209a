// SPDX-License-Identifier: Apache-2.0

import Foundation

/// What a program that ran to its end said.
package struct Command {
    package let status: ExitStatus
    package let output: String
    package let errors: String

    /// Runs it and waits.
    package init(
        _ command: [String],
        environment: [String: String] = [:],
        within bound: Duration = .seconds(180)
    ) throws {
        let folder = try TemporaryFolder()
        let process = try ChildProcess(
            command,
            environment: environment,
            output: "\(folder.path)/output",
            errors: "\(folder.path)/errors"
        )
        status = try process.waitForEnd(within: bound)
        output = folder.read("output")
        errors = folder.read("errors")
    }

    /// Runs the program under test.
    package static func webhookFCGI(
        _ arguments: String...,
        environment: [String: String] = [:]
    ) throws -> Command {
        try Command([Checkout.program] + arguments, environment: environment)
    }

    /// The output of a command that has to succeed.
    package func succeeded() throws -> String {
        guard status == .exited(0) else { throw Failure("\(status): \(output)\(errors)") }
        return output
    }
}
