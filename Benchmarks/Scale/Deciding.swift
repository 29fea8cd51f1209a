// SPDX-License-Identifier: Apache-2.0

import Config
import Subscriptions

/// Compares what a delivery costs against a large snapshot and against smaller ones.
///
/// Both sides are asked the same, and the same number of Warehouses subscribes to what is pushed.
struct Deciding {
    private let large: Snapshot
    private let small: Snapshot
    private let popular: Snapshot

    /// Rounds of which the median counts; both sides take turns, so that both meet the same noise.
    private static let rounds = 201
    private static let deliveriesInRound = 500

    /// Loads the folders of `Fleet.large`, `.small` and `.popular`.
    init(_ folders: [String]) throws {
        guard folders.count == 3 else { throw UsageError() }
        large = try Loading(of: folders[0]).result.snapshot
        small = try Loading(of: folders[1]).result.snapshot
        popular = try Loading(of: folders[2]).result.snapshot
    }

    /// Rows of a table.
    var rows: [String] {
        get throws {
            let one = [0]
            // In an order in which neighbours are far apart, so that nothing is in a cache already; against as
            // many deliveries to one project, because their bodies are in no cache either.
            let all = (0..<Fleet.large.projects).map { $0 * 619 % Fleet.large.projects }
            let same = all.map { _ in 0 }
            return [
                try row("the same each time, 3 subscribers", one, small, one) { Fleet.image($0, 4) },
                try row("another project's each time, 3 subscribers", all, small, same) {
                    Fleet.image($0, 4)
                },
                try row("a popular image, 500 subscribers", one, popular, one) { _ in Fleet.popularImage },
            ]
        }
    }

    private func row(
        _ name: String,
        _ projects: [Int],
        _ other: Snapshot,
        _ otherProjects: [Int],
        image: (Int) -> String
    ) throws -> String {
        let deliveries = try projects.map { try SampleDelivery(to: $0, of: large, image: image($0)) }
        let others = try otherProjects.map { try SampleDelivery(to: $0, of: other, image: image($0)) }
        var times: [(large: Duration, other: Duration)] = []
        for _ in 0..<Self.rounds {
            times.append((time(deliveries, large), time(others, other)))
        }
        let ratio = times.map { $0.large / $0.other }.sorted()[Self.rounds / 2]
        let cells = [
            times.map(\.large).sorted()[Self.rounds / 2].microseconds, "\(large.warehouseCount)",
            times.map(\.other).sorted()[Self.rounds / 2].microseconds, "\(other.warehouseCount)",
        ]
        return "| \(name) | \(cells.joined(separator: " | ")) | \(ratio.twoDecimals) |"
    }

    /// CPU time of one delivery, as a mean over a round.
    private func time(_ deliveries: [SampleDelivery], _ snapshot: Snapshot) -> Duration {
        let count = max(Self.deliveriesInRound, deliveries.count)
        let start = Machine.threadTime
        for number in 0..<count { deliveries[number % deliveries.count].decide(by: snapshot) }
        return (Machine.threadTime - start) / count
    }
}
