// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport
import Testing

extension IntegrationTests {
    /// `webhook-fcgi check`, and `serve` with what `check` would complain about.
    @Suite struct CheckTests {
        private let folder: TemporaryFolder

        init() throws {
            folder = try TemporaryFolder()
            try folder.write(Setup().config, to: "config.yaml")
            for (name, text) in Manifests.sample { try folder.write(text, to: "manifests/\(name)") }
        }

        private func check() throws -> Command {
            try Command.webhookFCGI("check", "--config", "\(folder.path)/config.yaml")
        }

        @Test func `Without a problem it exits with 0`() throws {
            let check = try check()
            #expect(check.status == .exited(0))
            #expect(!check.output.contains(": "))
        }

        @Test func `As JSON it is for programs`() throws {
            func check() throws -> (Command, [[String: Any]]) {
                let config = "\(folder.path)/config.yaml"
                let command = try Command.webhookFCGI("check", "--output", "json", "--config", config)
                let object = try JSONSerialization.jsonObject(with: Data(command.output.utf8))
                let report = try #require(object as? [String: Any])
                #expect(report["running"] is String)
                return (command, try #require(report["problems"] as? [[String: Any]]))
            }
            let (sound, none) = try check()
            #expect(sound.status == .exited(0) && none.isEmpty)
            try folder.write("a: [", to: "manifests/broken.yaml")
            let (broken, problems) = try check()
            #expect(broken.status == .exited(1) && problems.count == 1)
            #expect(problems.first?["severity"] as? String == "error")
            #expect((problems.first?["file"] as? String)?.hasSuffix("broken.yaml") == true)
        }

        @Test func `The example is without a problem`() throws {
            try folder.write(try Checkout.read("Examples/config.yaml"), to: "config.yaml")
            for name in Manifests.sample.keys {
                try FileManager.default.removeItem(atPath: "\(folder.path)/manifests/\(name)")
            }
            for name in ["manifests/project", "manifests/secrets", "manifests/warehouses"] {
                try folder.write(try Checkout.read("Examples/\(name).yaml"), to: "\(name).yaml")
            }
            #expect(try check().status == .exited(0))
            for name in ["portal", "portal-mapping"] {
                let text = try Checkout.read("Examples/catalogue/\(name).yaml")
                try folder.write(text, to: "manifests/\(name).yaml")
            }
            #expect(try check().status == .exited(0))
            let words = ["receivers", "--output", "url", "--config", "\(folder.path)/config.yaml"]
            let urls = try Command([Checkout.program] + words).succeeded()
            #expect(urls.contains("/catalogue/"), "\(urls)")
        }

        @Test func `Every problem is printed, with its file and line`() throws {
            try folder.write("a: b: c", to: "manifests/broken.yaml")
            try folder.write(Manifests.warehouse("hub", image: "twice"), to: "manifests/twice.yaml")
            try folder.write(
                Manifests.projectConfig(
                    more: """
                          - { name: no-secret, harbor: { secretRef: { name: none } } }
                          - { name: not-served, github: { secretRef: { name: harbor-secret } } }
                          - { name: empty, dockerhub: { secretRef: { name: empty-secret } } }
                          - { name: no-key, dockerhub: { secretRef: { name: harbor-secret } } }
                        """
                ),
                to: "manifests/projects.yaml"
            )
            try folder.write(Manifests.secret("empty-secret", "secret", ""), to: "manifests/more.yaml")
            let check = try check()
            #expect(check.status == .exited(1))
            let manifests = "\(folder.path)/manifests"
            for (place, words) in [
                ("\(manifests)/broken.yaml:1: ", "YAML"),
                ("\(manifests)/warehouses.yaml:", "hub"),
                ("\(manifests)/projects.yaml:9: ", "none"),
                ("\(manifests)/projects.yaml:10: ", "github"),
                ("\(manifests)/more.yaml:4: ", "empty"),
                ("\(manifests)/secrets.yaml:", "no-key"),
            ] {
                let line = check.output.split(separator: "\n").first {
                    $0.hasPrefix(place) && $0.contains(words)
                }
                #expect(line != nil, "\(place)\(words): \(check.output)")
            }
        }

        @Test func `A Secret that everybody can read is a warning, which is no failure`() throws {
            let path = "\(folder.path)/manifests/secrets.yaml"
            try FileManager.default.setAttributes([.posixPermissions: 0o644], ofItemAtPath: path)
            let check = try check()
            #expect(check.status == .exited(0))
            #expect(check.output.contains("\(path):1: warning: "))
        }

        @Test func `A sink that cannot be written is a problem`() throws {
            try folder.write("in the way", to: "refresh")
            let check = try check()
            #expect(check.status == .exited(1))
            #expect(check.output.contains("\(folder.path)/refresh"))
        }

        @Test func `A log that cannot be written is a problem`() throws {
            let config = Setup().config.replacing("webhook-fcgi.log", with: "none/x.log")
            try folder.write(config, to: "config.yaml")
            let check = try check()
            #expect(check.status == .exited(1))
            #expect(check.output.contains("log.file: looking at '\(folder.path)/none'"))
        }

        @Test func `Settings that are not there are a problem`() throws {
            let check = try Command.webhookFCGI("check", "--config", "\(folder.path)/none.yaml")
            #expect(check.status == .exited(1))
            #expect(check.output.contains("\(folder.path)/none.yaml"))
        }

        @Test func `One team's mistake does not silence another's receiver`() throws {
            var setup = Setup()
            setup.manifests["broken.yaml"] = "a: b: c"
            setup.manifests["more.yaml"] = """
                apiVersion: kargo.akuity.io/v1alpha1
                kind: ProjectConfig
                metadata: { name: other, namespace: other }
                spec: { webhookReceivers: [ { name: other, harbor: { secretRef: { name: none } } } ] }
                """
            try Site.with(setup) { site in
                expect(try site.deliver(), 200, #"{"msg":"refreshed 1 warehouse(s)"}"#)
                #expect(site.log.contains("manifests/broken.yaml:1: "))
                #expect(site.log.contains("manifests/more.yaml:4: "))
            }
        }
    }
}
