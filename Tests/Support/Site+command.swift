// SPDX-License-Identifier: Apache-2.0

import Foundation

extension Site {
    /// Runs a command of the program under test with the site's settings.
    package func command(_ words: String...) throws -> Command { try command(words) }

    package func command(_ words: [String]) throws -> Command {
        try Command([Checkout.program] + words + ["--config", "\(folder.path)/config.yaml"])
    }

    /// What the delivery log has.
    package func deliveries(_ words: String...) throws -> [LoggedRow] {
        let json = try command(["deliveries"] + words + ["--output", "json"]).succeeded()
        return try JSONDecoder().decode([LoggedRow].self, from: Data(json.utf8))
    }

    /// Runs `deliveries --follow`, which prints to the file `followed`.
    package func follow(_ words: String...) throws -> ChildProcess {
        try ChildProcess(
            [Checkout.program, "deliveries", "--follow", "--config", "\(folder.path)/config.yaml"] + words,
            output: "\(folder.path)/followed",
            errors: "\(folder.path)/followed.errors"
        )
    }
}
