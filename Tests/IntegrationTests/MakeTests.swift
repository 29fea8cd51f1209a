// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import POSIX
import TestSupport
import Testing

extension IntegrationTests {
    /// `make run` and `make stop`, as the README has them.
    ///
    /// They use port 8080 and `run/` in this checkout. What `make run` does first, building a release, `make
    /// test` has done before: SwiftPM lets nobody build in the folder in which it is running tests.
    @Suite(
        .enabled(if: isReleaseBuilt, "there is no release yet: make build"),
        .enabled(if: isPortFree(), "port 8080 is taken by something else")
    )
    struct MakeTests {
        private func make(_ target: String) throws -> Command {
            try Command(["make", "-C", Checkout.path, "--assume-old=build", target])
        }

        private func pid(_ file: String) -> pid_t? {
            let text = try? Checkout.read("run/\(file)").trimmingCharacters(in: .whitespacesAndNewlines)
            return text.flatMap { pid_t($0) }
        }

        @Test func `make run shows a push on its way and goes on serving until make stop`() throws {
            defer { _ = try? make("stop") }
            let output = try make("run").succeeded()
            let url = "http://127.0.0.1:8080/webhooks/"
            for type in ["harbor", "azure", "dockerhub"] { #expect(output.contains("\(url)\(type)/")) }
            #expect(output.contains(#"{"msg":"refreshed 1 warehouse(s)"}"#))
            #expect(output.contains("run/refresh/kargo-demo/warehouses/guestbook.yaml"))

            let file = "run/refresh/kargo-demo/warehouses/guestbook.yaml"
            let shown = try Checkout.read(file)
            #expect(output.contains(shown))
            let path = try #require(output.firstMatch(of: #//webhooks/harbor/[0-9a-f]{64}/#)).output
            // Not the same push again, which would be a repetition, also of an earlier run.
            let body = try Checkout.read("Examples/harbor-push.json")
                .replacing("1767225600", with: "\(Timestamp.now().microseconds)")
            let reply = try HTTPConnection(port: port).exchange(
                HTTPRequest(
                    path: String(path),
                    headers: [("Authorization", "s3cr3t"), ("Content-Type", "application/json")],
                    body: Array(body.utf8)
                )
            )
            #expect([200, 202].contains(reply.status), "\(reply)")
            try eventually("the Warehouse is refreshed again") {
                try RefreshedWarehouse(try Checkout.read(file)).token > RefreshedWarehouse(shown).token
            }

            let pids = try [pid("nginx.pid"), pid("webhook-fcgi.pid")].map { try #require($0) }
            #expect(pids.allSatisfy(isRunning))
            _ = try make("stop").succeeded()
            #expect(!pids.contains(where: isRunning))
            #expect(isPortFree())
        }

        @Test func `make stop without anything to stop is no error`() throws {
            #expect(try make("stop").status == .exited(0))
        }

        @Test func `make stop ends no process that has got the id of one of ours`() throws {
            let run = "\(Checkout.path)/run"
            try FileManager.default.createDirectory(atPath: run, withIntermediateDirectories: true)
            let other = try ChildProcess(["sleep", "600"])
            defer { other.signal(SIGKILL) }
            for name in ["nginx.pid", "webhook-fcgi.pid"] {
                try "\(other.pid)\n".write(toFile: "\(run)/\(name)", atomically: true, encoding: .utf8)
            }
            _ = try make("stop").succeeded()
            #expect(isRunning(other.pid))
            #expect(pid("nginx.pid") == nil && pid("webhook-fcgi.pid") == nil)
        }

        @Test func `make run leaves nothing running when nginx cannot start`() throws {
            let other = try ChildProcess([
                "spawn-fcgi", "-n", "-a", "127.0.0.1", "-p", "\(port)", "--", "/bin/sleep", "600",
            ])
            try eventually("the port is taken") { !isPortFree() }
            defer { other.signal(SIGKILL) }
            let outcome = try make("run")
            #expect(outcome.status != .exited(0))
            #expect(pid("webhook-fcgi.pid") == nil)
            #expect(!FileManager.default.fileExists(atPath: "\(Checkout.path)/run/webhook-fcgi.sock"))
        }

        @Test func `Git ignores what make run writes`() throws {
            #expect(try Checkout.read(".gitignore").split(separator: "\n").contains { $0.contains("run") })
        }
    }
}

/// Where `Examples/nginx.conf` listens.
private let port: UInt16 = 8080

private let isReleaseBuilt = FileManager.default.isExecutableFile(
    atPath: "\(Checkout.path)/.build/release/webhook-fcgi"
)

private func isPortFree() -> Bool { (try? Socket(port: port)) == nil }
