// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config
import FoundationEssentials
import POSIX

/// Which settings a command works with, the same for all of them.
struct SettingsOptions: ParsableArguments {
    @Option(
        name: .customLong("config"),
        help: ArgumentHelp(
            "The settings file (default: $WEBHOOK_FCGI_CONFIG, then /etc/webhook-fcgi/config.yaml).",
            valueName: "file"
        ),
        completion: .file(extensions: ["yaml", "yml"])
    )
    var configFile: String?

    private var environment: [String: String] { ProcessInfo.processInfo.environment }

    /// The file that counts.
    var file: String {
        if let configFile { return configFile }
        if let file = environment["WEBHOOK_FCGI_CONFIG"], !file.isEmpty { return file }
        return "/etc/webhook-fcgi/config.yaml"
    }

    /// The settings, with what is suspicious about them.
    func load() throws(SettingsError) -> (settings: Settings, warnings: [Problem]) {
        try Settings.load(file: file, environment: environment)
    }

    /// The settings, for a command that cannot go on without them.
    func loadOrExit() throws -> Settings {
        do {
            let (settings, warnings) = try load()
            for warning in warnings { printError("\(warning)") }
            return settings
        } catch {
            for problem in error.problems { printError("\(problem)") }
            throw ExitCode(78)
        }
    }
}
