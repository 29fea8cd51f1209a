// SPDX-License-Identifier: Apache-2.0

import Logging
import Outbox
import POSIX
import Subscriptions

/// Takes refreshes from the outbox to the sink, and objects to catalogues, again and again until each has arrived.
///
/// Of all processes that share an outbox one delivers at a time: the one that holds a lock, which the kernel
/// takes from it when it dies. Another one then goes on within a second.
struct Deliverer: Sendable {
    let service: Service

    /// How often a process that does not deliver tries to become the one that does.
    private static let leaseInterval = Duration.milliseconds(500)

    /// The file whose lock the process holds that delivers.
    static func lockPath(in stateDirectory: String) -> String { "\(stateDirectory)/deliverer.lock" }

    /// Delivers until the task is cancelled; what is under way then is finished.
    func run() async {
        var locking = Trouble()
        while !Task.isCancelled {
            do throws(SystemError) {
                try Folder.make(service.stateDirectory)
                let lock = try FileLock(at: Self.lockPath(in: service.stateDirectory), mode: 0o600)
                locking.end()
                guard let lock else {
                    try? await Task.sleep(for: Self.leaseInterval)
                    continue
                }
                service.outbox.setDelivering(true, at: .now())
                await withDiscardingTaskGroup { [service] group in
                    for lane in Target.Lane.allCases {
                        group.addTask {
                            var loop = DeliveryLoop(service: service, lane: lane)
                            await loop.run()
                        }
                    }
                }
                service.outbox.setDelivering(false, at: .now())
                lock.release()
            } catch {
                if locking.isNews(error.description) {
                    service.log.logger.error("cannot deliver refreshes", metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }
}
