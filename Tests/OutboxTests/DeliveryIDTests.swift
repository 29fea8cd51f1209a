// SPDX-License-Identifier: Apache-2.0

import Foundation
import Outbox
import POSIX
import Testing

@Suite struct DeliveryIDTests {
    @Test func `It is a UUID of version 7 that begins with the time`() throws {
        let id = DeliveryID(time: Timestamp(microseconds: 1_767_225_600_123_456)).description
        #expect(UUID(uuidString: id) != nil)
        #expect(id.hasPrefix("019b76da-a87b-7"))
        #expect("89ab".contains(Array(id)[19]))
    }

    @Test func `No two are the same, and later ones sort later`() {
        let ids = (0..<10_000).map { DeliveryID(time: Timestamp(microseconds: 1_000 * $0)).description }
        #expect(Set(ids).count == ids.count)
        #expect(ids == ids.sorted())
        let same = (0..<10_000).map { _ in DeliveryID(time: Timestamp(microseconds: 0)).description }
        #expect(Set(same).count == same.count)
    }

    @Test func `One of the same time is another one, and sorts later`() {
        let ids = sequence(first: DeliveryID(time: .now()), next: \.successor).prefix(10_000).map(
            \.description
        )
        #expect(Set(ids).count == ids.count)
        #expect(Set(ids.map { $0.prefix(18) }).count == 1)
        #expect(ids == ids.sorted())
    }

    @Test func `It is read as it is written, and in no other way`() {
        let id = DeliveryID(time: .now())
        #expect(DeliveryID(id.description) == id)
        #expect(DeliveryID("019b76da-a87b-7abc-8def-0123456789ab") != nil)
        let others = [
            "", "019b76da-a87b-7abc-8def-0123456789a", "019b76da-a87b-7abc-8def-0123456789abc",
            "019B76DA-a87b-7abc-8def-0123456789ab", "019b76daa-87b-7abc-8def-0123456789ab",
            "019b76da-a87b-7abc-8def-0123456789ag", "019b76daa87b7abc8def0123456789ab",
        ]
        for other in others { #expect(DeliveryID(other) == nil) }
    }
}
