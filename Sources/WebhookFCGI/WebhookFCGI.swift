// SPDX-License-Identifier: Apache-2.0

import ArgumentParser

/// The program.
///
/// Commands say what to do; `Service` is what `serve` runs.
@main
struct WebhookFCGI: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "webhook-fcgi",
        abstract: "Turns webhooks from registries and Git hosts into refreshes of Kargo Warehouses.",
        discussion: """
            EXAMPLES:
              Look for mistakes before anything runs:
                webhook-fcgi check --config /etc/webhook-fcgi/config.yaml

              Serve behind nginx, started by spawn-fcgi:
                spawn-fcgi -s /run/webhook-fcgi.sock -M 0660 -- /usr/bin/webhook-fcgi serve

              Serve without spawn-fcgi:
                webhook-fcgi serve --listen unix:/run/webhook-fcgi.sock

              Print the URLs to give to Harbor, Azure and Docker Hub:
                webhook-fcgi receivers

              Write nginx's locations, one for each receiver:
                webhook-fcgi nginx --fastcgi-pass unix:/run/webhook-fcgi.sock > locations.conf

              See what comes in, and what becomes of it:
                webhook-fcgi deliveries --follow

              Post a push as Harbor would, after an installation:
                webhook-fcgi send harbor --receiver kargo-demo/harbor-wh-receiver \\
                    --repository registry.example.com/team-a/backend/api --tag 1.4.2

            EXIT CODES:
              0 all is well; 1 problems were found; 64 wrong usage; 75 not done yet; 78 the settings cannot
              be used.
            """,
        version: version,
        subcommands: [
            Serve.self, Check.self, Receivers.self, Nginx.self, Explain.self, Deliveries.self, Redeliver.self,
            OutboxCommand.self, ResyncCommand.self, Send.self,
        ],
        defaultSubcommand: Serve.self
    )
}

/// The version of this program, in its one place.
let version = "0.1.0"
