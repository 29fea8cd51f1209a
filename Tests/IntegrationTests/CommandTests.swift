// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// The commands, their output and their exit status.
    @Suite struct CommandTests {
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
        }

        private var config: String { "\(folder.path)/config.yaml" }

        @Test func `The version is printed`() throws {
            #expect(try Command.webhookFCGI("--version").succeeded().contains(#/^[0-9]+\.[0-9]+\.[0-9]+/#))
        }

        @Test(arguments: [
            "", "serve", "check", "receivers", "nginx", "explain", "deliveries", "deliveries show",
            "redeliver",
            "outbox", "outbox retry", "outbox drop", "send", "resync",
        ])
        func `There is help`(_ command: String) throws {
            let arguments = command.split(separator: " ").map(String.init) + ["--help"]
            let help = try Command([Checkout.program] + arguments).succeeded()
            #expect(help.contains("USAGE") && help.contains("--config"))
        }

        @Test func `The help has examples and the exit codes`() throws {
            let help = try Command.webhookFCGI("--help").succeeded()
            #expect(help.contains("EXAMPLES") && help.contains("64") && help.contains("78"))
        }

        @Test(arguments: [
            ["--nonsense"], ["nonsense"], ["check", "--nonsense"], ["receivers", "--output", "xml"],
        ])
        func `Wrong usage is 64`(_ arguments: [String]) throws {
            let command = try Command([Checkout.program] + arguments)
            #expect(command.status == .exited(64))
            #expect(command.errors.contains(arguments.last ?? ""))
        }

        @Test(arguments: ["serve", "receivers", "nginx", "deliveries", "outbox"])
        func `Settings that are not there are 78`(_ name: String) throws {
            let command = try Command.webhookFCGI(name, "--config", "\(folder.path)/none.yaml")
            #expect(command.status == .exited(78))
            #expect(command.errors.contains("\(folder.path)/none.yaml"))
        }

        @Test(arguments: ["serve", "receivers", "nginx"])
        func `Settings that make no sense are 78`(_ name: String) throws {
            try folder.write(Setup(settings: ["limit: { bodyBytes: 1 }"]).config, to: "config.yaml")
            let command = try Command.webhookFCGI(name, "--config", config)
            #expect(command.status == .exited(78))
            #expect(command.errors.contains("\(config):6: ") && command.errors.contains("limits"))
        }

        @Test func `The settings file can be named in the environment`() throws {
            let output = try Command.webhookFCGI(
                "receivers",
                "--output",
                "url",
                environment: ["WEBHOOK_FCGI_CONFIG": config]
            )
            .succeeded()
            #expect(output.count(of: "https://hooks.example.com/webhooks/") == 4)
        }

        @Test func `A setting can be overridden from the environment`() throws {
            let output = try Command.webhookFCGI(
                "receivers",
                "--config",
                config,
                environment: ["WEBHOOK_FCGI_BASE_URL": "https://other.example.com"]
            )
            .succeeded()
            #expect(output.count(of: "https://other.example.com/") == 4)
        }

        @Test func `serve without a listening socket says how to start it`() throws {
            let command = try Command.webhookFCGI("serve", "--config", config)
            #expect(command.status == .exited(64))
            #expect(command.errors.contains("spawn-fcgi") && command.errors.contains("--listen"))
        }

        @Test func `serve is the default`() throws {
            let command = try Command.webhookFCGI("--config", config)
            #expect(command.status == .exited(64))
            #expect(command.errors.contains("--listen"))
        }

        @Test(arguments: ["unix:", "9000", "localhost:port", "unix:/\(String(repeating: "x", count: 108))"])
        func `An address that is none is 64`(_ address: String) throws {
            let command = try Command.webhookFCGI("serve", "--config", config, "--listen", address)
            #expect(command.status == .exited(64))
            #expect(command.errors.contains("unix:"))
        }

        @Test func `An address in use is an error that names it, and its owner goes on`() throws {
            try Site.with { site in
                let path = "\(site.folder.path)/socket"
                let command = try Command.webhookFCGI("serve", "--config", config, "--listen", "unix:\(path)")
                #expect(command.status != .exited(0))
                #expect(command.errors.contains(path) && command.errors.contains("in use"))
                expect(try site.deliver(), 200)
            }
        }

        @Test func `A file that is no socket is not replaced by one`() throws {
            try folder.write("precious", to: "file")
            let address = "unix:\(folder.path)/file"
            let command = try Command.webhookFCGI("serve", "--config", config, "--listen", address)
            #expect(command.status != .exited(0))
            #expect(folder.read("file") == "precious")
        }

        @Test(arguments: ["nginx", "receivers", "check", "check --output json"])
        func `Output that cannot be written is an error`(_ name: String) throws {
            let call = "'\(Checkout.program)' \(name) --config '\(folder.path)/config.yaml' > /dev/full"
            let command = try Command(["sh", "-c", call])
            #expect(command.status == .exited(1))
            #expect(command.errors.contains("ENOSPC"))
        }

        @Test func `A log that cannot be opened is an error that names it`() throws {
            let config = Setup().config.replacing("webhook-fcgi.log", with: "none/webhook-fcgi.log")
            try folder.write(config, to: "config.yaml")
            let command = try Command.webhookFCGI(
                "serve",
                "--config",
                self.config,
                "--listen",
                "unix:\(folder.path)/socket"
            )
            #expect(command.status == .exited(78))
            #expect(command.errors.contains("\(folder.path)/none/webhook-fcgi.log"))
        }
    }
}
