// SPDX-License-Identifier: Apache-2.0

import Outbox
import Subscriptions

/// What a deliverer has in hand: batches that the sink works on, and attempts that the outbox has yet to record.
///
/// The outbox still calls all of them due.
struct UnderWay {
    private(set) var targets: Set<Target> = []
    private(set) var unrecorded: [Attempt] = []
    private var batches = 0

    /// How many more refreshes a sink takes that takes so many batches of this size.
    ///
    /// What cannot be recorded takes room too, or it would be without bound.
    func room(batchSize: Int, concurrentBatches: Int) -> Int {
        max(0, (concurrentBatches - batches) * batchSize - unrecorded.count)
    }

    /// Takes note of what is given to the sink, and cuts it into batches.
    mutating func begin(_ due: [Outbox.Due], batchSize: Int) -> [[Outbox.Due]] {
        targets.formUnion(due.map(\.refresh.target))
        let new = stride(from: 0, to: due.count, by: batchSize).map { start in
            Array(due[start...].prefix(batchSize))
        }
        batches += new.count
        return new
    }

    /// The same with a batch for each namespace of which one may begin, the longest waiting first.
    mutating func beginEach(_ due: [Outbox.Due], where mayBegin: (String) -> Bool) -> [[Outbox.Due]] {
        let groups = Dictionary(grouping: due, by: \.refresh.target.namespace)
        var seen: Set<String> = []
        let namespaces = due.map(\.refresh.target.namespace).filter { seen.insert($0).inserted }
        return namespaces.filter(mayBegin).flatMap { namespace in
            groups[namespace].map { begin($0, batchSize: $0.count) } ?? []
        }
    }

    /// Of which something is in hand.
    var namespaces: Set<String> { Set(targets.map(\.namespace)) }

    /// Takes a batch back from the sink; its targets stay under way.
    mutating func finish(_ batch: [Attempt]) {
        batches -= 1
        unrecorded += batch
    }

    /// From now on the outbox knows of everything that has finished.
    mutating func record() {
        targets.subtract(unrecorded.map(\.due.refresh.target))
        unrecorded = []
    }
}
