// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

extension IntegrationTests {
    /// What an operator reads afterwards.
    @Suite struct LogTests {
        private let uuid = /[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}/
        private let time = /^2[0-9]{3}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]+Z/

        /// The log's lines about deliveries, once there are `count`; they are written after the reply.
        private func deliveries(_ site: Site, _ count: Int) throws -> [Substring] {
            var lines: [Substring] = []
            try eventually("\(count) deliveries in the log") {
                lines = site.log.split(separator: "\n").filter {
                    $0.contains("receiver") && $0.contains("status")
                }
                return lines.count >= count
            }
            #expect(lines.count == count)
            return lines
        }

        @Test func `A delivery is one line of text with everything about it`() throws {
            try Site.with { site in
                _ = try site.deliver()
                let line = try #require(try deliveries(site, 1).first)
                #expect(line.contains(time))
                let id = try #require(line.firstMatch(of: uuid)?.output)
                for field in [
                    "id=\(id)", "project=kargo-demo", "receiver=harbor-receiver", "provider=harbor",
                    "event=PUSH_ARTIFACT", "status=200",
                    "repositories=registry.example.com/team-a/backend/api:1.4.2", "targets=1",
                ] {
                    #expect(line.contains(" \(field)"))
                }
                #expect(line.contains(/\ duration_ms=[0-9]+(\.[0-9]+)?/))
            }
        }

        @Test func `A delivery is one line of JSON with everything about it`() throws {
            try Site.with(Setup(logFormat: "json")) { site in
                _ = try site.deliver()
                let line = try #require(try deliveries(site, 1).first)
                let object = try #require(
                    try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any]
                )
                #expect((object["time"] as? String)?.contains(time) == true)
                #expect((object["id"] as? String)?.wholeMatch(of: uuid) != nil)
                #expect(object["project"] as? String == "kargo-demo")
                #expect(object["receiver"] as? String == "harbor-receiver")
                #expect(object["provider"] as? String == "harbor")
                #expect(object["event"] as? String == "PUSH_ARTIFACT")
                #expect(object["status"] as? Int == 200)
                #expect(object["duration_ms"] is Double || object["duration_ms"] is Int)
                #expect(object["repositories"] as? String == "registry.example.com/team-a/backend/api:1.4.2")
                #expect(object["targets"] as? Int == 1)
            }
        }

        @Test func `Every line of the JSON log parses, those about other things too`() throws {
            try Site.with(Setup(logFormat: "json")) { site in
                _ = try site.deliver()
                _ = try site.deliver(Array("{".utf8))
                try site.folder.write("a: [", to: "manifests/broken.yaml")
                site.responder.signal(SIGHUP)
                try eventually("a failed reload") { site.log.contains("reload failed") }
                for line in site.log.split(separator: "\n") {
                    #expect(throws: Never.self) { try JSONSerialization.jsonObject(with: Data(line.utf8)) }
                }
            }
        }

        @Test(arguments: ["text", "json"])
        func `What a stranger writes cannot begin a line`(_ format: String) throws {
            try Site.with(Setup(logFormat: format)) { site in
                let type = #"X\nY\r\u0085\u2028\u001b[2J\" status=200"#
                let body = Array(#"{"type":"\#(type)","event_data":{}}"#.utf8)
                expect(try site.deliver(body), 200)
                let line = try #require(try deliveries(site, 1).first)
                #expect(line.contains("harbor-receiver"))
                #expect(!line.unicodeScalars.contains { $0.properties.generalCategory == .control })
                if format == "json" { _ = try JSONSerialization.jsonObject(with: Data(line.utf8)) }
            }
        }

        @Test func `A refused delivery is a line with the reason`() throws {
            try Site.with { site in
                var request = try site.request()
                request.headers = [("Authorization", "wrong")]
                _ = try site.nginx.exchange(request)
                let line = try #require(try deliveries(site, 1).first)
                #expect(line.contains("status=401") && line.contains("reason=unauthorized"))
            }
        }

        @Test func `An error is in nginx's error log too, under the same delivery id`() throws {
            try Site.with { site in
                var request = try site.request()
                request.headers = [("Authorization", "wrong")]
                _ = try site.nginx.exchange(request)
                let id = try #require(try deliveries(site, 1).first?.firstMatch(of: uuid)?.output)
                try eventually("nginx's error log has it") { !site.nginx.responderLines.isEmpty }
                let line = try #require(site.nginx.responderLines.first)
                #expect(line.contains(id) && line.contains("unauthorized"))
                #expect(line.contains("kargo-demo/harbor-receiver"))
            }
        }

        @Test func `A success is not in nginx's error log`() throws {
            try Site.with { site in
                _ = try site.deliver()
                _ = try deliveries(site, 1)
                #expect(site.nginx.responderLines.isEmpty)
            }
        }

        @Test func `A log that nobody reads stops nothing, and says afterwards what is missing`() throws {
            try Site.with { site in
                let pipe = "\(site.folder.path)/pipe"
                #expect(unsafe mkfifo(pipe, 0o600) == 0)
                let reader = unsafe open(pipe, O_RDWR | O_NONBLOCK | O_CLOEXEC)
                defer { close(reader) }
                let socket = "\(site.folder.path)/own"
                let config = site.folder.read("config.yaml").replacing(", file: webhook-fcgi.log", with: "")
                try site.folder.write(config, to: "own.yaml")
                let process = try ChildProcess(
                    [Checkout.program, "serve", "--config", "\(site.folder.path)/own.yaml"]
                        + ["--listen", "unix:\(socket)"],
                    errors: pipe
                )
                defer { process.end() }
                var connection: FastCGIConnection?
                try eventually("it listens") {
                    connection = try? FastCGIConnection(path: socket)
                    return connection != nil
                }
                // Three times what a pipe holds.
                let request = FastCGIRequest(
                    parameters: try site.fastCGIRequest().parameters.merging(["HTTP_AUTHORIZATION": "x"]) {
                        $1
                    },
                    keepsConnection: true
                )
                for _ in 0..<1_500 { #expect(try connection?.exchange(request)?.status == 400) }
                let before = read(from: reader)
                #expect(before.hasSuffix("\n"))
                #expect(try connection?.exchange(request)?.status == 400)
                var after = ""
                try eventually("the log goes on") {
                    after += read(from: reader)
                    return after.contains("status=400")
                }
                #expect(after.contains("log lines were dropped"))
            }
        }

        /// What is in the pipe now.
        private func read(from descriptor: Int32) -> String {
            var bytes: [UInt8] = []
            var chunk = [UInt8](repeating: 0, count: 65_536)
            while true {
                let count = unsafe Glibc.read(descriptor, &chunk, chunk.count)
                if count <= 0 { return String(decoding: bytes, as: UTF8.self) }
                bytes += chunk.prefix(count)
            }
        }

        @Test func `On SIGUSR1 a log that was moved away is begun anew`() throws {
            try Site.with { site in
                _ = try site.deliver()
                _ = try deliveries(site, 1)
                let path = "\(site.folder.path)/webhook-fcgi.log"
                try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
                let old = site.folder.read("webhook-fcgi.log.1")
                site.responder.signal(SIGUSR1)
                try eventually("there is a new file") { FileManager.default.fileExists(atPath: path) }
                _ = try site.deliver()
                _ = try deliveries(site, 1)
                #expect(site.folder.read("webhook-fcgi.log.1") == old)
            }
        }

        @Test func `Until SIGUSR1 the log goes on in the file that was moved away`() throws {
            try Site.with { site in
                let path = "\(site.folder.path)/webhook-fcgi.log"
                try FileManager.default.moveItem(atPath: path, toPath: path + ".1")
                _ = try site.deliver()
                try eventually("the delivery is in the old file") {
                    site.folder.read("webhook-fcgi.log.1").contains("status=200")
                }
                #expect(!FileManager.default.fileExists(atPath: path))
            }
        }
    }
}
