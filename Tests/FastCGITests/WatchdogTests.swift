// SPDX-License-Identifier: Apache-2.0

import Glibc
import TestSupport
import Testing

@testable import FastCGI

@Suite(.threadsOfTheirOwn) struct WatchdogTests {
    /// Two ends of a connection.
    private func withPair(_ body: (_ end: Int32, _ other: Int32) throws -> Void) throws {
        var ends: [Int32] = [-1, -1]
        try #require(unsafe socketpair(AF_UNIX, Int32(SOCK_STREAM.rawValue), 0, &ends) == 0)
        defer { for end in ends { close(end) } }
        try body(ends[0], ends[1])
    }

    @Test func `What takes too long comes to its end, every time`() throws {
        let watchdog = Watchdog()
        for _ in 0..<3 {
            try withPair { end, _ in
                var byte: UInt8 = 0
                let count = watchdog.limit(end, to: .milliseconds(20)) { unsafe read(end, &byte, 1) }
                #expect(count == 0)
            }
        }
    }

    @Test func `What is in time is left alone, also afterwards`() throws {
        let watchdog = Watchdog()
        try withPair { end, other in
            // It looks when three seconds are over, before the last one.
            for _ in 0..<5 {
                var byte: UInt8 = 0
                #expect(unsafe write(other, &byte, 1) == 1)
                #expect(watchdog.limit(end, to: .seconds(3)) { unsafe read(end, &byte, 1) } == 1)
                usleep(900_000)
            }
        }
    }
}
