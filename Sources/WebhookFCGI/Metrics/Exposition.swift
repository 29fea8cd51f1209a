// SPDX-License-Identifier: Apache-2.0

/// Metrics in Prometheus' text format, version 0.0.4.
struct Exposition {
    private(set) var bytes: [UInt8] = []

    /// Adds a family; `samples` adds its numbers.
    mutating func add(_ metric: Metric, _ samples: (inout Samples) -> Void) {
        append("# HELP \(metric.name) \(metric.help)\n# TYPE \(metric.name) \(metric.kind.rawValue)\n")
        var family = Samples(metric: metric)
        samples(&family)
        append(family.text)
    }

    /// Adds a family of one number.
    mutating func add(_ metric: Metric, _ number: Double) { add(metric) { $0.add([], number) } }

    mutating func add(_ metric: Metric, _ number: Int) { add(metric) { $0.add([], number) } }

    private mutating func append(_ text: String) { bytes += text.utf8 }

    /// The numbers of a family.
    struct Samples {
        let metric: Metric
        fileprivate var text = ""

        /// Adds a number; `values` are those of the metric's labels.
        mutating func add(_ values: [String], _ number: Int) { add(values, "\(number)") }

        mutating func add(_ values: [String], _ number: Double) { add(values, "\(number)") }

        /// Adds a histogram's buckets, sum and count: `numbers` as its tally has them, `unit` what 1 of them is.
        mutating func add(_ values: [String], _ numbers: [Int: Int], _ bounds: [Int], unit: Double) {
            var count = 0
            for (index, bound) in bounds.enumerated() {
                count += numbers[index] ?? 0
                let end = unit == 1 ? "\(bound)" : "\(Double(bound) * unit)"
                add(values, "\(count)", suffix: "_bucket", bucket: end)
            }
            count += numbers[bounds.count] ?? 0
            add(values, "\(count)", suffix: "_bucket", bucket: "+Inf")
            add(values, "\(Double(numbers[bounds.count + 1] ?? 0) * unit)", suffix: "_sum")
            add(values, "\(count)", suffix: "_count")
        }

        private mutating func add(
            _ values: [String],
            _ number: String,
            suffix: String = "",
            bucket: String? = nil
        ) {
            text += metric.name
            text += suffix
            let labels = zip(metric.labels, values) + (bucket.map { [("le", $0)] } ?? [])
            for (index, (label, value)) in labels.enumerated() {
                text += index == 0 ? "{" : ","
                text += label
                text += "=\""
                text += value.escapedLabel
                text += "\""
            }
            text += labels.isEmpty ? " " : "} "
            text += number
            text += "\n"
        }
    }
}

extension String {
    /// As the format wants it; names in Kubernetes need nothing.
    fileprivate var escapedLabel: String {
        guard
            utf8.contains(where: {
                [UInt8(ascii: "\\"), UInt8(ascii: "\""), UInt8(ascii: "\n")].contains($0)
            })
        else { return self }
        return replacing("\\", with: "\\\\").replacing("\"", with: "\\\"").replacing("\n", with: "\\n")
    }
}

private func + (left: Zip2Sequence<[String], [String]>, right: [(String, String)]) -> [(String, String)] {
    Array(left) + right
}
