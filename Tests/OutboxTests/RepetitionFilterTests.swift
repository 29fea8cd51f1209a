// SPDX-License-Identifier: Apache-2.0

import POSIX
import TestSupport
import Testing

@testable import Outbox

@Suite(.threadsOfTheirOwn) struct RepetitionFilterTests {
    private static let start = Timestamp(microseconds: 1_767_225_600_000_000)

    private func key(_ number: Int) -> RepetitionKey {
        RepetitionKey((0..<32).map { UInt8(truncatingIfNeeded: number >> ($0 % 8 * 8)) })
    }

    private func id(_ number: Int) -> String {
        let digits = String(number)
        return "0196e2f1-0000-7000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
    }

    @Test func `As many are remembered as the limit says, and the oldest is forgotten first`() {
        var filter = RepetitionFilter(limit: 10)
        for number in 0..<25 { filter.insert(key(number), id: id(number), received: Self.start) }
        for number in 0..<25 {
            let expected = number < 15 ? nil : id(number)
            #expect(filter.first(key(number), since: Self.start) == expected)
        }
    }

    @Test func `What is too old is forgotten, and its place taken again`() {
        var filter = RepetitionFilter(limit: 10)
        for number in 0..<100 {
            let time = Self.start + .seconds(number)
            filter.insert(key(number), id: id(number), received: time)
            filter.forget(before: time - .seconds(2))
            #expect(filter.first(key(number), since: Self.start) == id(number))
            #expect(filter.first(key(number - 2), since: Self.start) == (number < 2 ? nil : id(number - 2)))
            #expect(filter.first(key(number - 3), since: Self.start) == nil)
        }
    }

    @Test(arguments: 1...20)
    func `It remembers what a dictionary would, whatever comes again and is forgotten`(seed: Int) {
        var filter = RepetitionFilter(limit: 48)
        let keys = (0..<100).map(key)
        var expected: [Int: (id: String, time: Timestamp)] = [:]
        var random = UInt64(seed)
        for number in 0..<3000 {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let chosen = Int(random >> 33) % 100
            let time = Self.start + .seconds(number)
            filter.insert(key(chosen), id: id(number), received: time)
            expected[chosen] = (id(number), time)
            // Sometimes fewer than the ring would hold.
            let limit = time - .seconds(number % 500 < 250 ? 47 : 20)
            filter.forget(before: limit)
            expected = expected.filter { $0.value.time >= limit }
            // As a whole: each by itself, the six million of them take most of a minute.
            let isRight = (0..<100).allSatisfy { filter.first(keys[$0], since: limit) == expected[$0]?.id }
            guard isRight else {
                Issue.record("after \(number) keys something else is remembered")
                return
            }
        }
    }

    @Test func `A key that came again is remembered as long as its last delivery`() {
        var filter = RepetitionFilter(limit: 10)
        filter.insert(key(1), id: id(1), received: Self.start)
        filter.insert(key(1), id: id(2), received: Self.start + .seconds(700))
        filter.forget(before: Self.start + .seconds(100))
        #expect(filter.first(key(1), since: Self.start) == id(2))
    }

    @Test func `Every byte of the first 16 tells keys apart`() {
        let bytes = [UInt8](repeating: 0x5A, count: 32)
        for index in 0..<16 {
            var other = bytes
            other[index] ^= 1
            #expect(RepetitionKey(other) != RepetitionKey(bytes))
        }
    }

    @Test func `What is not a UUID is not remembered`() {
        var filter = RepetitionFilter()
        filter.insert(key(1), id: "1", received: Self.start)
        #expect(filter.first(key(1), since: Self.start) == nil)
    }
}
