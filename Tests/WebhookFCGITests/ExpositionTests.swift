// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct ExpositionTests {
    private func text(_ metric: Metric, _ samples: (inout Exposition.Samples) -> Void) -> String {
        var exposition = Exposition()
        exposition.add(metric, samples)
        return String(decoding: exposition.bytes, as: UTF8.self)
    }

    @Test func `A number has its labels, and what would end them is escaped`() {
        let metric = Metric(name: "a_total", kind: .counter, labels: ["x", "y"], help: "Says.")
        let told = text(metric) { $0.add(["1", "\\\"\n"], 2) }
        #expect(
            told == "# HELP a_total Says.\n# TYPE a_total counter\na_total{x=\"1\",y=\"\\\\\\\"\\n\"} 2\n"
        )
    }

    @Test func `A histogram's buckets add up, and an observation on a bound is within`() {
        let histogram = Histogram.ofNumbers
        for value in [1, 2, 2, 256, 257] { histogram.observe(value) }
        let metric = Metric(name: "a", kind: .histogram, labels: ["x"], help: "Says.")
        let lines = text(metric) { $0.add(["1"], histogram.tally.counts, histogram.bounds, unit: 1) }
            .split(separator: "\n").dropFirst(2)
        #expect(
            Array(lines) == [
                #"a_bucket{x="1",le="1"} 1"#, #"a_bucket{x="1",le="2"} 3"#, #"a_bucket{x="1",le="4"} 3"#,
                #"a_bucket{x="1",le="8"} 3"#, #"a_bucket{x="1",le="16"} 3"#, #"a_bucket{x="1",le="32"} 3"#,
                #"a_bucket{x="1",le="64"} 3"#, #"a_bucket{x="1",le="128"} 3"#, #"a_bucket{x="1",le="256"} 4"#,
                #"a_bucket{x="1",le="+Inf"} 5"#, #"a_sum{x="1"} 518.0"#, #"a_count{x="1"} 5"#,
            ]
        )
    }

    @Test func `Durations are told in seconds`() {
        let histogram = Histogram.ofDurations
        histogram.observe(.milliseconds(1500))
        let metric = Metric(name: "a_seconds", kind: .histogram, labels: [], help: "Says.")
        let told = text(metric) { $0.add([], histogram.tally.counts, histogram.bounds, unit: 1e-9) }
        #expect(told.contains("a_seconds_bucket{le=\"1.0\"} 0\n"))
        #expect(told.contains("a_seconds_bucket{le=\"2.5\"} 1\n"))
        #expect(told.contains("a_seconds_sum 1.5\n"))
    }

    @Test func `A metric is named as Prometheus' conventions have it, and once`() {
        #expect(Set(Metric.all.map(\.name)).count == Metric.all.count)
        for metric in Metric.all {
            #expect((metric.kind == .counter) == metric.name.hasSuffix("_total"), "\(metric.name)")
            #expect(metric.help.hasSuffix(".") && !metric.help.contains("\n"), "\(metric.name)")
        }
    }

    @Test func `Every outcome has a word of its own, and a place`() {
        #expect(DeliveryOutcome.count == DeliveryOutcome.allCases.count)
        #expect(Set(DeliveryOutcome.allCases.map(\.word)).count == DeliveryOutcome.count)
        #expect(Histogram.ofDurations.bounds.count + 2 <= Tally.size)
        #expect(Histogram.ofNumbers.bounds.count + 2 <= Tally.size)
    }
}
