// SPDX-License-Identifier: Apache-2.0

import Config
import Logging
import Outbox
import POSIX
import Subscriptions

/// Takes refreshes from the outbox to the sink, and objects to catalogues, again and again until each has arrived.
///
/// Of all processes that share an outbox one delivers what is in a lane at a time: the one that holds the lane's lock,
/// which the kernel takes from it when it dies. Another one then goes on within a second. Each lane has a lock of its own,
/// so that a catalogue whose Harbor does not answer keeps nobody from refreshing Warehouses, not even while one process
/// follows another.
struct Deliverer: Sendable {
    let service: Service

    /// How often a process that does not deliver tries to become the one that does.
    private static let leaseInterval = Duration.milliseconds(500)

    /// The file whose lock the process holds that delivers what is in `lane`.
    static func lockPath(of lane: Target.Lane, in stateDirectory: String) -> String {
        switch lane {
        case .warehouses: "\(stateDirectory)/deliverer.lock"
        case .catalogue: "\(stateDirectory)/catalogues.lock"
        }
    }

    /// Delivers until the task is cancelled; what is under way then is finished.
    func run() async {
        await withDiscardingTaskGroup { group in
            for lane in Target.Lane.allCases { group.addTask { await run(lane) } }
        }
    }

    private func run(_ lane: Target.Lane) async {
        var locking = Trouble()
        while !Task.isCancelled {
            do throws(SystemError) {
                guard try await deliver(lane) else {
                    locking.end()
                    try? await Task.sleep(for: Self.leaseInterval)
                    continue
                }
            } catch {
                if locking.isNews(error.description) {
                    service.log.logger.error(
                        lane == .warehouses
                            ? "cannot deliver refreshes" : "cannot bring catalogues up to date",
                        metadata: ["error": "\(error)"]
                    )
                }
                try? await Task.sleep(for: .seconds(1))
            }
        }
    }

    /// Delivers what is in `lane` until the task is cancelled; false at once where another process does, or nobody has to.
    private func deliver(_ lane: Target.Lane) async throws(SystemError) -> Bool {
        guard lane == .warehouses || service.mayHaveObjects else { return false }
        try Folder.make(service.stateDirectory)
        let lock = try FileLock(at: Self.lockPath(of: lane, in: service.stateDirectory), mode: 0o600)
        guard let lock else { return false }
        if lane == .warehouses { service.outbox.setDelivering(true, at: .now()) }
        var loop = DeliveryLoop(service: service, lane: lane)
        await loop.run()
        if lane == .warehouses { service.outbox.setDelivering(false, at: .now()) }
        lock.release()
        return true
    }
}

extension Service {
    /// Whether there is a catalogue, or may be, or objects wait for one that is gone.
    fileprivate var mayHaveObjects: Bool {
        guard let snapshot = state.snapshot else { return false }
        return snapshot.hasCatalogues || snapshot.unusable != []
            || troubles.catalogueBacklog?.pending ?? 0 > 0
    }
}
