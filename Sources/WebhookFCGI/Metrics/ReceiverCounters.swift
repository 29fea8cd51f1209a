// SPDX-License-Identifier: Apache-2.0

import Config
import Handlers
import Synchronization

/// What a receiver's deliveries came to, counted on the way to every reply.
///
/// A stranger's words make no label: an event has a name of its own where the provider knows it.
final class ReceiverCounters: Sendable {
    let project: String
    let name: String
    let provider: Provider

    /// The values that the label `event` can have, the usual one first.
    let events: [String]

    /// One for each event and outcome.
    private let cells = InlineArray<256, Atomic<Int>> { _ in Atomic(0) }

    init(_ receiver: Receiver) {
        (project, name, provider) = (receiver.project, receiver.name, receiver.provider)
        events = receiver.provider.handler.events + ["other", "none"]
        precondition(events.count * DeliveryOutcome.count <= 256, "more events than there is room for")
    }

    /// `event` is nil for a delivery that was refused before it was known.
    func count(_ event: String?, _ outcome: DeliveryOutcome) {
        cells[place(event) * DeliveryOutcome.count + outcome.rawValue].wrappingAdd(1, ordering: .relaxed)
    }

    private func place(_ event: String?) -> Int {
        guard let event else { return events.count - 1 }
        let known = events.count - 2
        for index in 0..<known where events[index] == event { return index }
        return known
    }

    /// The numbers that are not 0, by event and outcome.
    var counts: [Int: Int] {
        nonzero(events.count * DeliveryOutcome.count) { cells[$0].load(ordering: .relaxed) }
    }

    /// What it is called among processes.
    var key: String { "\(project)/\(name)/\(provider.rawValue)" }
}

extension ReceiverCounters {
    /// Counters for `receivers`, in their order; whoever was there before goes on counting.
    static func table(for receivers: [Receiver], after old: [ReceiverCounters]) -> [ReceiverCounters] {
        // Mostly it is a Warehouse that has changed.
        if receivers.count == old.count, zip(receivers, old).allSatisfy({ $1.isOf($0) }) { return old }
        let known = Dictionary(old.map { ($0.key, $0) }) { first, _ in first }
        return receivers.map { receiver in
            let new = ReceiverCounters(receiver)
            return known[new.key] ?? new
        }
    }

    private func isOf(_ receiver: Receiver) -> Bool {
        project == receiver.project && name == receiver.name && provider == receiver.provider
    }
}
