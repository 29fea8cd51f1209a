// SPDX-License-Identifier: Apache-2.0

import Benchmark

/// What the parts of a delivery cost, each by itself, in the order in which a delivery meets them.
let benchmarks: @Sendable () -> Void = {
    unsafe Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .instructions],
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

/// Measures `body`, of which a thousand calls are one sample, or the clock would be most of it.
func measure<Result>(_ name: String, _ body: @escaping @Sendable () throws -> Result) {
    Benchmark(name) { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try body()) }
    }
}
