// SPDX-License-Identifier: Apache-2.0

import POSIX
import Subscriptions
import Testing

@testable import Outbox
@testable import WebhookFCGI

@Suite struct UnderWayTests {
    private func due(_ numbers: Range<Int>) -> [Outbox.Due] {
        numbers.map { number in
            let target = Target(namespace: "a", name: "w\(number)")
            return Outbox.Due(
                refresh: Refresh(target: target, token: Timestamp(microseconds: 1)),
                attempts: 0
            )
        }
    }

    private func attempts(_ batch: [Outbox.Due]) -> [Attempt] { batch.map { Attempt(due: $0, error: nil) } }

    @Test func `What is due is cut into batches, the last of them smaller`() {
        var underWay = UnderWay()
        let batches = underWay.begin(due(0..<5), batchSize: 2) + underWay.begin([], batchSize: 2)
        #expect(batches == [due(0..<2), due(2..<4), due(4..<5)])
        #expect(underWay.targets == Set(due(0..<5).map(\.refresh.target)))
    }

    @Test func `A batch takes a whole place, however small it is`() {
        var underWay = UnderWay()
        #expect(underWay.room(batchSize: 100, concurrentBatches: 3) == 300)
        _ = underWay.begin(due(0..<1), batchSize: 100)
        #expect(underWay.room(batchSize: 100, concurrentBatches: 3) == 200)
        _ = underWay.begin(due(1..<150), batchSize: 100)
        #expect(underWay.room(batchSize: 100, concurrentBatches: 3) == 0)
    }

    @Test func `What has finished makes room once it is recorded, and is not taken again before`() {
        var underWay = UnderWay()
        let batches = underWay.begin(due(0..<3), batchSize: 1)
        #expect(underWay.room(batchSize: 1, concurrentBatches: 3) == 0)
        for batch in batches.dropLast() { underWay.finish(attempts(batch)) }
        #expect(underWay.room(batchSize: 1, concurrentBatches: 3) == 0)
        #expect(underWay.targets.count == 3)
        #expect(underWay.unrecorded.map(\.due) == due(0..<2))
        underWay.record()
        #expect(underWay.room(batchSize: 1, concurrentBatches: 3) == 2)
        #expect(underWay.targets == Set(due(2..<3).map(\.refresh.target)))
        #expect(underWay.unrecorded.isEmpty)
    }

    @Test func `A sink that a reload has made smaller waits for what the one before it has under way`() {
        var underWay = UnderWay()
        let batches = underWay.begin(due(0..<4), batchSize: 1)
        #expect(underWay.room(batchSize: 1024, concurrentBatches: 1) == 0)
        for batch in batches { underWay.finish(attempts(batch)) }
        underWay.record()
        #expect(underWay.room(batchSize: 1024, concurrentBatches: 1) == 1024)
    }
}
