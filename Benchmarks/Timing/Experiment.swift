// SPDX-License-Identifier: Apache-2.0

import Glibc

/// How long one operation takes with inputs of several kinds.
struct Experiment: CustomStringConvertible {
    let title: String
    private let kinds: [(name: String, samples: Samples)]
    private let pairs: [Pair]

    /// A name, and what makes the bytes of one text.
    typealias Kind = (name: String, make: () -> [UInt8])

    /// Two kinds that are compared.
    struct Pair {
        let left: String
        let right: String

        /// Whether a difference would tell a stranger something that the reply does not.
        let isSecret: Bool

        init(_ left: String, _ right: String, isSecret: Bool = true) {
            (self.left, self.right, self.isSecret) = (left, right, isSecret)
        }
    }

    /// dudect's limit (Reparaz, Balasch, Verbauwhede 2017): below it there is no evidence of a difference.
    private static let limit = 4.5

    /// `kinds` make texts, of which `prepare` makes inputs.
    ///
    /// Every input is used once. All are made before the first is measured, and all texts before the first input: how
    /// one was made must neither be left in the processor nor say where in memory it lies.
    init<Input>(
        _ title: String,
        _ kinds: [Kind],
        comparing pairs: [Pair],
        count: Int,
        prepare: (String) -> Input,
        operation: (Input) -> Bool
    ) {
        self.title = title
        self.pairs = pairs
        var times = kinds.map { _ in [Double]() }
        for index in times.indices { times[index].reserveCapacity(count) }
        let warmUp = (0..<1000).map { $0 % kinds.count }
        let order = warmUp + kinds.indices.flatMap { [Int](repeating: $0, count: count) }.shuffled()
        let texts = order.map { kinds[$0].make() }
        let inputs = texts.map { prepare(String(decoding: $0, as: UTF8.self)) }
        var successes = 0
        for (number, input) in inputs.enumerated() {
            let start = Self.now
            let succeeded = operation(input)
            let end = Self.now
            if succeeded { successes += 1 }
            if number >= warmUp.count { times[order[number]].append(Double(end - start)) }
        }
        let right = kinds.contains { $0.name == "right" } ? count : 0
        precondition(
            successes >= right && successes <= right + warmUp.count,
            "right is taken for wrong, or wrong for right"
        )
        self.kinds = zip(kinds, times).map { ($0.name, Samples($1)) }
    }

    /// Whether a pair that has to look alike does not.
    var isTelling: Bool {
        pairs.contains { $0.isSecret && Samples.largestT(samples($0.left), samples($0.right)) > Self.limit }
    }

    var description: String {
        var lines = [
            "### \(title)\n", "| kind | samples | median, ns | 90 % are below, ns |", "|---|---|---|---|",
        ]
        for (name, samples) in kinds {
            lines.append(
                "| \(name) | \(samples.count) | \(Int(samples.quantile(0.5))) | \(Int(samples.quantile(0.9))) |"
            )
        }
        lines += ["", "| compared | t of all | largest t of 100 crops | |", "|---|---|---|---|"]
        for pair in pairs {
            let (left, right) = (samples(pair.left), samples(pair.right))
            let (all, largest) = (Samples.t(left, right), Samples.largestT(left, right))
            let verdict = largest > Self.limit ? "differ" : "no difference found"
            let remark = pair.isSecret ? verdict : "\(verdict); the reply tells them apart anyway"
            lines.append(
                "| \(pair.left) / \(pair.right) | \(all.twoDecimals) | \(largest.twoDecimals) | \(remark) |"
            )
        }
        return lines.joined(separator: "\n")
    }

    private func samples(_ name: String) -> Samples {
        guard let kind = kinds.first(where: { $0.name == name }) else {
            preconditionFailure("no kind \(name)")
        }
        return kind.samples
    }

    private static var now: Int {
        var time = timespec()
        _ = unsafe clock_gettime(CLOCK_MONOTONIC_RAW, &time)
        return time.tv_sec * 1_000_000_000 + time.tv_nsec
    }
}

extension Double {
    fileprivate var twoDecimals: String {
        let hundredths = Int((magnitude * 100).rounded())
        let text = "\(hundredths % 100)"
        return "\(self < 0 ? "−" : "")\(hundredths / 100).\(text.count == 1 ? "0" : "")\(text)"
    }
}
