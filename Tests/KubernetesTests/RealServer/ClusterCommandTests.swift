// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension RealServerTests {
    /// The commands, with a cluster as source.
    @Suite struct ClusterCommandTests {
        @Test func `Every command reads the cluster`() async throws {
            let project = try await Project("commands")
            let folder = try folder(project)
            let path = try project.path()

            let receivers = try run("receivers", in: folder)
            #expect(receivers.status == .exited(0))
            #expect(receivers.output.contains("https://hooks.example.com\(path)"))
            #expect(
                try run("receivers", "--output", "json", in: folder).output.contains(#""path" : "\#(path)""#)
            )
            #expect(try run("nginx", in: folder).output.contains("location = \(path) {"))

            try folder.write(Payload.harborPush(of: project.repository(0)), to: "push.json")
            let payload = ["--receiver", "commands/commands", "--payload", "\(folder.path)/push.json"]
            let explanation = try run("explain", payload[0], payload[1], payload[2], payload[3], in: folder)
            #expect(explanation.status == .exited(0))
            #expect(explanation.output.contains("commands/w-0"))
            #expect(try await project.token() == nil)
        }

        @Test func `Checking finds what is wrong in the cluster, and nothing else`() async throws {
            let project = try await Project("commands-check")
            let folder = try folder(project)
            #expect(!(try run("check", in: folder)).output.contains("commands-check"))
            try await project.server.delete("/api/v1/namespaces/\(project.name)/secrets/harbor")
            let check = try run("check", in: folder)
            #expect(check.status == .exited(1))
            #expect(check.output.contains("Secret commands-check/harbor is not there"))
            #expect(try await project.token() == nil)
        }

        @Test func `Checking says that refreshes are not allowed`() async throws {
            let project = try await Project("commands-refused")
            var setup = Setup(patchesCluster: true)
            setup.files["token"] = APIServer.Token.nobody.rawValue
            let check = try run("check", in: try folder(project, setup))
            #expect(check.status == .exited(1))
            #expect(check.output.contains("refreshes cannot be delivered: "))
            #expect(check.output.contains(#"resources: ["warehouses"], verbs: ["patch"]"#))
        }

        @Test func `The deployed settings are sound`() async throws {
            let project = try await Project("commands-deployed")
            let folder = try folder(project)
            try folder.write(try DeployedManifest.configuration("config.yaml"), to: "config.yaml")
            let check = try Command.webhookFCGI(
                "check",
                "--config",
                "\(folder.path)/config.yaml",
                environment: [
                    "WEBHOOK_FCGI_SOURCE_KUBERNETES_KUBECONFIG": "\(folder.path)/kubeconfig",
                    "WEBHOOK_FCGI_SINK_KUBERNETES_KUBECONFIG": "\(folder.path)/kubeconfig",
                    "WEBHOOK_FCGI_STATE_DIRECTORY": "\(folder.path)/state",
                ]
            )
            #expect(check.errors.isEmpty)
            for words in ["config.yaml", "cannot", "commands-deployed"] {
                #expect(!check.output.contains(words), "\(check.output)")
            }
        }

        private func folder(
            _ project: Project,
            _ setup: Setup = Setup(readsCluster: true, patchesCluster: true)
        ) throws -> TemporaryFolder {
            let setup = try project.setup(setup)
            let folder = try TemporaryFolder(setup.files)
            try folder.write(setup.config, to: "config.yaml")
            for (name, text) in setup.manifests { try folder.write(text, to: "manifests/\(name)") }
            return folder
        }

        private func run(
            _ command: String,
            _ arguments: String...,
            in folder: TemporaryFolder
        ) throws -> Command {
            try Command([Checkout.program, command, "--config", "\(folder.path)/config.yaml"] + arguments)
        }
    }
}
