// SPDX-License-Identifier: Apache-2.0

import Foundation
import POSIX
import TestSupport
import Testing

extension RealServerTests {
    /// Several processes with one outbox.
    @Suite struct SharedOutboxTests {
        @Test func `When the process that delivers is killed, the other one goes on`() async throws {
            let project = try await Project("shared", warehouses: 4)
            let setup = Setup(
                readsCluster: true,
                patchesCluster: true,
                start: .forks(2),
                confirmTimeout: "50ms"
            )
            try await Site.with(project.setup(setup)) { site in
                try eventually("both know the receivers: \(site.log)", within: .seconds(60)) {
                    site.log.ranges(of: "serving").count == 2
                }
                let senders = Senders(site, project)
                try senders.waitForPushes(200)
                let deliverer = try #require(try deliverer(of: site))
                #expect(site.responder.pids.contains(deliverer))
                kill(deliverer, SIGKILL)
                let times = Array(repeating: Timestamp.now(), count: 4)
                try await project.waitUntilRefreshed(since: times)
                try senders.waitForPushes(200)
                let pushes = try senders.stop()
                #expect(pushes.filter { ![200, 202].contains($0.status) }.isEmpty)
                try await project.waitUntilRefreshed(since: pushes.lastSuccesses)
                #expect(try self.deliverer(of: site).map { $0 != deliverer } == true)
            }
        }

        /// The process that holds the lock, as the kernel has it (proc_locks(5)).
        private func deliverer(of site: Site) throws -> pid_t? {
            let path = "\(site.folder.path)/state/deliverer.lock"
            let attributes = try FileManager.default.attributesOfItem(atPath: path)
            let number = try #require(attributes[.systemFileNumber] as? Int)
            let locks = try String(contentsOfFile: "/proc/locks", encoding: .utf8)
            let lock = locks.split(separator: "\n").first { $0.contains(":\(number) ") }
            return lock.flatMap { pid_t($0.split(separator: " ")[4]) }
        }
    }
}
