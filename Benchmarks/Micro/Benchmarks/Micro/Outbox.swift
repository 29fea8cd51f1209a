// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocations
import FoundationEssentials
import Outbox
import POSIX
import Subscriptions

/// A turn made durable in a temporary folder: what its disk takes for an fsync is most of it.
func outboxBenchmarks() {
    for count in [1, 16, 64] {
        let configuration = Benchmark.Configuration(
            metrics: [.wallClock, .instructions, allocationCount],
            warmupIterations: 10,
            scalingFactor: .one,
            maxDuration: .seconds(3),
            maxIterations: 2000
        )
        let turns = Turns()
        Benchmark("commit a turn of \(count)", configuration: configuration) { benchmark in
            // Ids and keys that no turn before had.
            let records = turns.next(count)
            let before = allocations()
            benchmark.startMeasurement()
            blackHole(try turns.outbox.commit(records, at: .now()))
            benchmark.stopMeasurement()
            benchmark.measurement(allocationCount, Int(allocations() - before))
            try turns.checkpoint()
        } teardown: {
            try turns.remove()
        }
    }
}

/// An outbox and what comes in.
private final class Turns {
    let outbox: Outbox
    private let maintenance: OutboxMaintenance
    private var id = DeliveryID(time: .now())
    private var number = 0
    private let folder: String

    /// Nothing is made before the first turn.
    init() {
        folder = "\(FileManager.default.temporaryDirectory.path)/micro-\(UUID().uuidString)"
        outbox = Outbox(directory: folder, settings: OutboxSettings()) { print($0) }
        maintenance = OutboxMaintenance(outbox)
    }

    /// Pushes to a hundred Warehouses in turn.
    func next(_ count: Int) -> [DeliveryRecord] {
        (0..<count).map { _ in
            id = id.successor
            number += 1
            let key = (0..<32).map { UInt8(truncatingIfNeeded: number >> (8 * ($0 % 4)) ^ $0) }
            return DeliveryRecord(
                id: id.description,
                received: .now(),
                project: "team-42",
                receiver: "harbor",
                provider: "harbor",
                event: "PUSH_ARTIFACT",
                status: 202,
                decision: String(repeating: "d", count: 600),
                body: [UInt8](repeating: UInt8(ascii: "b"), count: 400),
                repetitionKey: key,
                targets: [Target(namespace: "team-42", name: "app-\(number % 100)")]
            )
        }
    }

    /// As in the background while it serves, every now and then.
    func checkpoint() throws { if number.isMultiple(of: 256) { try maintenance.checkpoint() } }

    func remove() throws { try FileManager.default.removeItem(atPath: folder) }
}
