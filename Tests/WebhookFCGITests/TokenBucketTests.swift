// SPDX-License-Identifier: Apache-2.0

import Config
import Testing

@testable import WebhookFCGI

@Suite struct TokenBucketTests {
    private let start = ContinuousClock.now
    private let limit = RateLimit(rate: .init(count: 2, in: .seconds(1)), burst: 3)

    @Test func `A burst is taken at once, and then one at a time`() {
        var bucket = TokenBucket(at: start)
        for _ in 0..<3 { #expect(bucket.take(limit, at: start) == nil) }
        #expect(bucket.take(limit, at: start) == .milliseconds(500))
        #expect(bucket.take(limit, at: start + .milliseconds(499)) == .milliseconds(1))
        #expect(bucket.take(limit, at: start + .milliseconds(500)) == nil)
        #expect(bucket.take(limit, at: start + .milliseconds(500)) == .milliseconds(500))
    }

    @Test func `In the long run it is the rate, whatever is refused`() {
        var bucket = TokenBucket(at: start)
        let taken = (0..<10_000).count { bucket.take(limit, at: start + .milliseconds($0)) == nil }
        #expect(taken == 3 + 2 * 10 - 1)
    }

    @Test func `After a pause there is the burst again, and no more`() {
        var bucket = TokenBucket(at: start)
        for _ in 0..<3 { _ = bucket.take(limit, at: start) }
        let later = start + .seconds(3600)
        #expect((0..<10).count { _ in bucket.take(limit, at: later) == nil } == 3)
    }

    @Test func `Another rate counts from then on`() {
        var bucket = TokenBucket(at: start)
        for _ in 0..<3 { _ = bucket.take(limit, at: start) }
        let slower = RateLimit(rate: .init(count: 1, in: .seconds(60)))
        #expect(slower.burst == 1)
        #expect(bucket.take(slower, at: start) == .milliseconds(1500))
        #expect(bucket.take(slower, at: start + .milliseconds(1500)) == nil)
        #expect(bucket.take(slower, at: start + .milliseconds(1500)) == .seconds(60))
    }
}
