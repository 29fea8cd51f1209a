// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// `send`: the smoke test after an installation.
    @Suite struct SendTests {
        private func send(_ site: Site, _ words: String...) throws -> Command {
            try site.command(["send"] + words + ["--url", "http://127.0.0.1:\(site.nginx.port)"])
        }

        private func expectNoSecret(_ command: Command, _ site: Site) throws {
            let hidden = try ["azure-receiver", "dockerhub-receiver"].map { name in
                try #require(site.receivers.first { $0.name == name }).hash
            }
            for secret in [Secrets.mark] + hidden {
                #expect(!(command.output + command.errors).contains(secret))
            }
        }

        @Test(arguments: ["default", "cloudevents"])
        func `A push as Harbor's refreshes who subscribes`(_ format: String) throws {
            try Site.with { site in
                // Twice: it is no repetition.
                for _ in 0..<2 {
                    let command = try send(
                        site,
                        "harbor",
                        "--receiver",
                        "kargo-demo/harbor-receiver",
                        "--repository",
                        "registry.example.com/team-a/backend/api",
                        "--tag",
                        "1.4.2",
                        "--format",
                        format
                    )
                    #expect(
                        try command.succeeded().contains(
                            "status  200\nreply   {\"msg\":\"refreshed 1 warehouse(s)\"}"
                        )
                    )
                    try expectNoSecret(command, site)
                }
                #expect(try site.deliveries().map(\.outcome) == ["delivered", "delivered"])
            }
        }

        @Test(arguments: [
            ("azure", "azure-receiver", "myregistry.azurecr.io/team-a/api", "--tag", "acr"),
            (
                "azure-devops", "azure-receiver", "https://dev.azure.com/example/My%20Project/_git/guestbook",
                "--branch", "source"
            ),
            ("dockerhub", "dockerhub-receiver", "docker.io/example/api", "--tag", "hub"),
        ])
        func `So does one as the others', and the secret URL stays hidden`(
            _ sender: String,
            _ receiver: String,
            _ repository: String,
            _ option: String,
            _ warehouse: String
        ) throws {
            try Site.with { site in
                let new = option == "--tag" ? "1.4.2" : "main"
                let command = try send(
                    site,
                    sender,
                    "--receiver",
                    "kargo-demo/\(receiver)",
                    "--repository",
                    repository,
                    option,
                    new
                )
                #expect(try command.succeeded().contains("/********\nstatus  200\n"))
                try expectNoSecret(command, site)
                #expect(try site.token(of: "kargo-demo/\(warehouse)") != nil)
            }
        }

        @Test func `A refusal is shown, and is a failure`() throws {
            try Site.with { site in
                // Since then the secret is another one, which the service has not been told.
                try site.folder.write(
                    Manifests.secret(
                        "cluster-secret",
                        "auth-header",
                        "Bearer other",
                        namespace: "kargo-system-resources"
                    ),
                    to: "manifests/other.yaml"
                )
                let cluster = try #require(Manifests.sample["cluster.yaml"]).split(separator: "---")[0]
                try site.folder.write(String(cluster), to: "manifests/cluster.yaml")
                let words = [
                    "send", "harbor", "--receiver", "cluster-receiver", "--repository", "r.example.com/a/b",
                    "--tag", "1",
                    "--output", "json",
                ]
                let path = try site.path(of: "cluster-receiver")
                let command = try site.command(
                    words + ["--url", "http://127.0.0.1:\(site.nginx.port)\(path)"]
                )
                #expect(command.status == .exited(1))
                #expect(
                    command.output.contains(#""status" : 401"#) && !command.output.contains("Bearer other")
                )
            }
        }

        @Test func `Where nobody answers it says so, without the secret URL`() throws {
            try Site.with { site in
                let port = try Nginx.freePort()
                let command = try site.command(
                    [
                        "send", "azure", "--receiver", "kargo-demo/azure-receiver", "--repository",
                        "r.example.com/a",
                        "--tag", "1", "--url", "http://127.0.0.1:\(port)",
                    ]
                )
                #expect(command.status == .exited(1))
                #expect(
                    command.errors.contains("127.0.0.1") && command.errors.contains("ECONNREFUSED"),
                    "\(command.errors)"
                )
                try expectNoSecret(command, site)
            }
        }

        @Test(arguments: [
            ["harbor", "--repository", "r.example.com/a/b"], ["harbor", "--repository", "b", "--tag", "1"],
            ["harbor", "--repository", "r.example.com/a/b", "--branch", "main"],
            ["azure", "--repository", "r.example.com/a", "--tag", "1", "--format", "cloudevents"],
            ["azure-devops", "--repository", "r.example.com/a", "--branch", "main"],
            ["azure", "--repository", "r.example.com/a", "--tag", "1", "--event", "PULL_ARTIFACT"],
            ["azure", "--repository", "r.example.com/a", "--digest", "sha256:1f"],
            ["harbor", "--repository", "r.example.com/a/b", "--tag", "1", "--event", "CREATE_TAG"],
            ["harbor", "--repository", "r.example.com/a/b", "--digest", "1f"],
            ["gitlab", "--repository", "r.example.com/a", "--tag", "1"],
            ["harbor", "--repository", "r.example.com/a/b", "--tag", "1", "--url", "example.com"],
            // No receiver of this type.
            ["dockerhub", "--repository", "a/b", "--tag", "1"],
        ])
        func `Wrong usage is 64`(_ words: [String]) throws {
            let folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
            let more = ["--receiver", "kargo-demo/harbor-receiver", "--config", "\(folder.path)/config.yaml"]
            let command = try Command([Checkout.program, "send"] + words + more)
            #expect(command.status == .exited(64), "\(command)")
        }
    }
}
