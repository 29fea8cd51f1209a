// SPDX-License-Identifier: Apache-2.0

import Benchmark
import CAllocations

/// What the parts of a delivery cost, each by itself, in the order in which a delivery meets them.
let benchmarks: @Sendable () -> Void = {
    unsafe Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .instructions, allocationCount],
        warmupIterations: 3,
        scalingFactor: .kilo,
        maxDuration: .seconds(1),
        maxIterations: 1000
    )
    handlerBenchmarks()
    normalisationBenchmarks()
    selectorBenchmarks()
    indexBenchmarks()
    outboxBenchmarks()
}

/// Calls of malloc and its like, on the thread that is measured.
let allocationCount = BenchmarkMetric.custom("Allocations")

/// Measures `body`, of which a thousand calls are one sample, or the clock would be most of it.
func measure<Result>(_ name: String, _ body: @escaping @Sendable () throws -> Result) {
    Benchmark(name) { benchmark in
        let before = allocations()
        for _ in benchmark.scaledIterations { blackHole(try body()) }
        benchmark.measurement(allocationCount, Int(allocations() - before))
    }
}
