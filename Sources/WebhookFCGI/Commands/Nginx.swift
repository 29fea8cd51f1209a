// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Config

/// The command `webhook-fcgi nginx`.
struct Nginx: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "nginx",
        abstract: "Print one nginx location for each receiver, ready to include.",
        discussion: """
            EXAMPLES:
              webhook-fcgi nginx > /etc/nginx/locations.conf && nginx -t && nginx -s reload
            """
    )

    @OptionGroup var options: SettingsOptions

    @Option(help: "Where nginx finds the responder: unix:PATH, HOST:PORT or the name of an upstream.")
    var fastcgiPass = "webhook_fcgi"

    func validate() throws {
        let isWord = fastcgiPass.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !";{}\"'\\$#".utf8.contains($0) }
        guard isWord, !fastcgiPass.isEmpty else {
            throw ValidationError("'\(fastcgiPass)': give unix:PATH, HOST:PORT or the name of an upstream")
        }
    }

    func run() throws {
        let settings = try options.loadOrExit()
        try printOutput(
            settings.loadSnapshotOrExit().receivers.flatMap { receiver in
                receiver.paths.map { path in
                    """
                    # \(receiver)
                    location = \(path) {
                        include webhook_fcgi_params;
                        fastcgi_pass \(fastcgiPass);
                    }
                    """
                }
            }.joined(separator: "\n\n")
        )
    }
}
