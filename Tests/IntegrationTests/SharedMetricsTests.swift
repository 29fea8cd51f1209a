// SPDX-License-Identifier: Apache-2.0

import Foundation
import Glibc
import TestSupport
import Testing

@testable import WebhookFCGI

extension IntegrationTests {
    /// `spawn-fcgi -F 3`: whichever process is asked tells what all of them have counted.
    @Suite struct SharedMetricsTests {
        private static var setup: Setup {
            // A kept connection stays with the process that took it.
            Setup(start: .forks(3), keepsConnections: false)
        }

        private func refreshed(_ site: Site, over connection: FastCGIConnection? = nil) throws -> Double {
            try site.metrics(over: connection).deliveries("harbor-receiver", "PUSH_ARTIFACT", "refreshed")
        }

        /// Asks every process, and expects each to have written down what it knows.
        private func expectEverywhere(_ count: Double, _ site: Site) throws {
            var told: Set<Double> = []
            do {
                try eventually("every process tells of \(count)") {
                    // Connections that are there before anybody asks are spread over the processes.
                    let connections = try (0..<30).map { _ in try site.responder.connect() }
                    told = Set(try connections.map { try refreshed(site, over: $0) })
                    return try told == [count] && written(site) == count
                }
            } catch { throw Failure("\(error), but of \(told)") }
        }

        /// What all sheets together have.
        private func written(_ site: Site) throws -> Double {
            let folder = "state/processes"
            let sheets = site.folder.files(below: folder).filter { $0.hasSuffix(".json") }
            return try sheets.map { name in
                let sheet = try JSONDecoder().decode(
                    Sheet.self,
                    from: Data(site.folder.read("\(folder)/\(name)").utf8)
                )
                let counts = sheet.receivers["kargo-demo/harbor-receiver/harbor"] ?? [:]
                return Double(counts[DeliveryOutcome.refreshed.rawValue] ?? 0)
            }.reduce(0, +)
        }

        private func deliver(_ count: Int, _ site: Site) throws {
            for _ in 0..<count { expect(try site.deliver(), 200) }
        }

        @Test func `Each process tells what all have counted`() throws {
            try Site.with(Self.setup) { site in
                try eventually("they know of each other") {
                    try (0..<30).allSatisfy { _ in try site.metrics()["webhook_fcgi_processes"] == 3 }
                }
                try deliver(20, site)
                try expectEverywhere(20, site)
            }
        }

        @Test func `What a process had counted stays when it is gone, killed or told to end`() throws {
            try Site.with(Self.setup) { site in
                try deliver(20, site)
                try expectEverywhere(20, site)
                for (signal, pid) in zip([SIGKILL, SIGTERM], site.responder.pids) {
                    kill(pid, signal)
                    try eventually("it is gone") { !isRunning(pid) }
                    try eventually("the others know") {
                        let left = Double(site.responder.pids.count { isRunning($0) })
                        return try (0..<30).allSatisfy { _ in
                            try site.metrics()["webhook_fcgi_processes"] == left
                        }
                    }
                    try expectEverywhere(20, site)
                }
                try deliver(5, site)
                try expectEverywhere(25, site)
                #expect(
                    site.folder.files(below: "state/processes").filter { $0.hasSuffix(".json") }.count == 1
                )
            }
        }

        @Test func `Once all are gone, counting begins anew`() throws {
            try Site.with { site in
                expect(try site.deliver(), 200)
                try eventually("it is written down") { try written(site) == 1 }
                site.responder.signal(SIGKILL)
                _ = try site.responder.waitForEnd()
                let next = try Responder(.listening, in: site.folder)
                defer { next.end() }
                #expect(try refreshed(site) == 0)
                expect(try site.deliver(), 200)
                try expectEverywhere(1, site)
            }
        }
    }
}
