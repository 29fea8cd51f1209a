// SPDX-License-Identifier: Apache-2.0

import POSIX
import TestSupport
import Testing

@Suite(.threadsOfTheirOwn) struct TimestampTests {
    @Test(arguments: [
        (0, "1970-01-01T00:00:00.000000Z"), (-1, "1969-12-31T23:59:59.999999Z"),
        (1_767_225_600_000_001, "2026-01-01T00:00:00.000001Z"),
        (951_782_399_999_999, "2000-02-28T23:59:59.999999Z"),
        (951_782_400_000_000, "2000-02-29T00:00:00.000000Z"),
        (951_868_800_000_000, "2000-03-01T00:00:00.000000Z"),
        (4_107_542_400_000_000, "2100-03-01T00:00:00.000000Z"),
        (4_107_456_000_000_000, "2100-02-28T00:00:00.000000Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59.999999Z"),
        // Five digits are not RFC 3339, but they are what follows.
        (253_402_300_800_000_000, "10000-01-01T00:00:00.000000Z"),
        (3_093_527_980_799_999_999, "99999-12-31T23:59:59.999999Z"),
        (3_093_527_980_800_000_000, "100000-01-01T00:00:00.000000Z"),
    ])
    func `It reads and writes RFC 3339 with six digits`(_ microseconds: Int64, _ text: String) {
        #expect(Timestamp(microseconds: microseconds).description == text)
        #expect(Timestamp(text) == Timestamp(microseconds: microseconds))
    }

    @Test func `Every day of eight centuries comes back`() {
        for day in stride(from: Int64(-146_097), to: 146_097, by: 1) {
            let timestamp = Timestamp(microseconds: day * 86_400_000_000 + 12_345)
            #expect(Timestamp(timestamp.description) == timestamp)
        }
    }

    @Test(arguments: [
        "", "2026-01-01", "2026-01-01T00:00:00Z", "2026-01-01T00:00:00.000Z", "2026-13-01T00:00:00.000000Z",
        "2026-02-29T00:00:00.000000Z", "2026-01-01T24:00:00.000000Z", "2026-01-01T00:60:00.000000Z",
        "2026-01-01 00:00:00.000000Z", "2026-01-01T00:00:00.000000+", "99999999999999999999-1-1-1-1",
        "999999999999999-1-1-1-1-1-1", "1-1-1-1-1-1-999999999999999", "02026-01-01T00:00:00.000000Z",
        "999999-12-31T23:59:59.999999Z", "1000000-01-01T00:00:00.000000Z", "10000-13-01T00:00:00.000000Z",
    ])
    func `It reads nothing else`(_ text: String) {
        #expect(Timestamp(text) == nil)
    }

    @Test(arguments: [Int64.min, .min + 1, -62_167_219_200_000_001, .max - 1, .max])
    func `No time is too far away to be written`(_ microseconds: Int64) {
        #expect(Timestamp(microseconds: microseconds).description.hasSuffix("Z"))
    }

    @Test func `Texts sort as times do`() {
        let now = Timestamp.now()
        let later = Timestamp(microseconds: now.microseconds + 1)
        #expect(now < later && now.description < later.description)
        #expect(now.text(fractionalDigits: 3).utf8.count == 24)
    }
}
