// SPDX-License-Identifier: Apache-2.0

/// What one process has counted, as it tells the others.
///
/// Numbers that are 0 are left out.
struct Sheet: Codable, Equatable {
    /// The program's: another version may count something else in the same place.
    let version: String

    /// By metric.
    private(set) var counts: [String: [Int: Int]] = [:]

    /// By receiver.
    private(set) var receivers: [String: [Int: Int]] = [:]

    /// Of a process that lives.
    private(set) var usage: ProcessUsage?

    init(
        version: String,
        counts: [String: [Int: Int]] = [:],
        receivers: [String: [Int: Int]] = [:],
        usage: ProcessUsage? = nil
    ) {
        (self.version, self.counts, self.receivers, self.usage) = (version, counts, receivers, usage)
    }

    /// Adds what another process has counted.
    mutating func add(_ other: Sheet) {
        guard version == other.version else { return }
        counts.merge(other.counts) { $0.merging($1, uniquingKeysWith: &+) }
        receivers.merge(other.receivers) { $0.merging($1, uniquingKeysWith: &+) }
    }

    /// The numbers of a metric.
    func numbers(_ metric: Metric, _ part: String? = nil) -> [Int: Int] {
        counts[part.map { "\(metric.name) \($0)" } ?? metric.name] ?? [:]
    }
}
