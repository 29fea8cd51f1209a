// SPDX-License-Identifier: Apache-2.0

import Config

/// Loads a folder once, in a process that has done nothing else.
struct Loading {
    let result: LoadResult
    private let duration: Duration

    init(of folder: String) throws {
        let source = try DirectorySource(
            directory: folder,
            baseURL: BaseURL("https://hooks.example.com"),
            systemResourcesNamespace: "kargo-system-resources"
        )
        let start = ContinuousClock.now
        result = try source.read()
        duration = start.duration(to: .now)
        for problem in result.problems.prefix(3) { print(problem) }
    }

    /// Time, peak memory and what was found, as cells of a table.
    var row: String {
        get throws {
            let snapshot = result.snapshot
            let found = "\(snapshot.warehouseCount) Warehouses, \(snapshot.receivers.count) receivers"
            return "\(duration.seconds) | \(try Machine.peakMemory / 1000) MB | \(found)"
        }
    }
}
