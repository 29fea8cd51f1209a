// SPDX-License-Identifier: Apache-2.0

import Foundation
import POSIX
import Testing

@testable import WebhookFCGI

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
}
