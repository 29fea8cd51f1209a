// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct PaceTests {
    private let start = ContinuousClock.now

    private func after(_ seconds: Int) -> ContinuousClock.Instant { start + .seconds(seconds) }

    @Test func `A receiver has one place`() {
        var pace = Pace()
        let began = [pace.begins("a", of: 2, at: start), pace.begins("a", of: 2, at: start)]
        #expect(began == [true, false] && pace.receivers == ["a"])
    }

    @Test func `Those that turn out to be slow leave their places to others`() {
        var pace = Pace()
        for name in ["a", "b"] { _ = pace.begins(name, of: 2, at: start) }
        #expect(!pace.hasRoom(2))
        pace.look(at: after(1))
        #expect(!pace.hasRoom(2) && pace.slow == [])
        pace.look(at: after(3))
        #expect(pace.hasRoom(2) && pace.slow == ["a", "b"])
        let began = ["c", "d", "e"].map { pace.begins($0, of: 2, at: after(3)) }
        #expect(began == [true, true, false])
    }

    @Test func `One that was slow waits for a place of the slow until it is quick`() {
        var pace = Pace()
        for name in ["a", "b"] {
            _ = pace.begins(name, of: 1, at: start)
            pace.finish(name, at: after(3))
        }
        #expect(pace.slow == ["a", "b"])
        let began = ["a", "b", "c"].map { pace.begins($0, of: 1, at: after(4)) }
        #expect(began == [true, false, true])
        pace.finish("a", at: after(5))
        pace.finish("c", at: after(5))
        #expect(pace.slow == ["b"] && pace.receivers == [])
        let again = ["a", "b"].map { pace.begins($0, of: 1, at: after(6)) }
        #expect(again == [true, true])
    }

    @Test func `However many become slow, there is an end to it`() {
        var pace = Pace()
        var count = 0
        for second in 0..<100 where pace.begins("r\(second)", of: 1, at: after(second * 3)) {
            count += 1
            pace.look(at: after(second * 3 + 3))
        }
        #expect(count == 8)
    }
}
