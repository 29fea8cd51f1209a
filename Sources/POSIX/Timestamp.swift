// SPDX-License-Identifier: Apache-2.0

internal import Glibc

/// A point in time in UTC with microseconds, written as RFC 3339 with six fractional digits.
///
/// After the year 9999, where a wrong clock may be, it goes on with more digits: a token must have a successor.
///
/// Foundation's formatter stops at milliseconds, and its other ones cost tens of megabytes.
package struct Timestamp: Sendable, Hashable, Comparable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds.
    package let microseconds: Int64

    package init(microseconds: Int64) { self.microseconds = microseconds }

    /// The wall clock, which may step back.
    package static func now() -> Timestamp {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
    }

    package static func < (left: Self, right: Self) -> Bool { left.microseconds < right.microseconds }

    package static func + (time: Self, duration: Duration) -> Self {
        let (seconds, attoseconds) = duration.components
        return Self(microseconds: time.microseconds + seconds * 1_000_000 + attoseconds / 1_000_000_000_000)
    }

    package static func - (time: Self, duration: Duration) -> Self { time + (.zero - duration) }
}

extension Timestamp: LosslessStringConvertible {
    /// Reads what ``description`` writes, and nothing else: `2026-01-01T00:00:00.000000Z`.
    package init?(_ text: String) {
        let digits = text.utf8.split { !(0x30...0x39).contains($0) }
        let parts = digits.compactMap { Int64(String(decoding: $0, as: UTF8.self)) }
        // Years that keep every product below, and what follows it, within the limits of 64 bits.
        guard parts.count == 7, text.utf8.count <= 29, parts[0] < 290_000, parts.allSatisfy({ $0 <= 999_999 })
        else { return nil }
        let days = daysSinceEpoch(year: parts[0], month: parts[1], day: parts[2])
        let seconds = ((days * 24 + parts[3]) * 60 + parts[4]) * 60 + parts[5]
        self.init(microseconds: seconds * 1_000_000 + parts[6])
        // Refuses a thirteenth month, other separators, and whatever else reads alike.
        guard description == text else { return nil }
    }

    package var description: String { text(fractionalDigits: 6) }

    /// With fewer digits, for people.
    package func text(fractionalDigits digits: Int) -> String {
        let second = floorDivision(microseconds, 1_000_000)
        let minute = floorDivision(second.quotient, 60)
        let hour = floorDivision(minute.quotient, 60)
        let day = floorDivision(hour.quotient, 24)
        let date = date(daysSinceEpoch: day.quotient)
        // Every log line has one: bytes are quicker than strings.
        var text: [UInt8] = []
        text.reserveCapacity(32)
        append(date.year, 4, "-", to: &text)
        append(date.month, 2, "-", to: &text)
        append(date.day, 2, "T", to: &text)
        append(day.remainder, 2, ":", to: &text)
        append(hour.remainder, 2, ":", to: &text)
        append(minute.remainder, 2, ".", to: &text)
        append(second.remainder, 6, "Z", to: &text)
        text.removeSubrange(text.count - 7 + digits..<text.count - 1)
        return String(decoding: text, as: UTF8.self)
    }
}

/// The Gregorian calendar in eras of 400 years that begin in March, so that a leap day is the last of a year.
private func daysSinceEpoch(year: Int64, month: Int64, day: Int64) -> Int64 {
    let shifted = month > 2 ? year : year - 1
    let era = floorDivision(shifted, 400)
    let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
    let dayOfEra = era.remainder * 365 + era.remainder / 4 - era.remainder / 100 + dayOfYear
    return era.quotient * daysOfEra + dayOfEra - daysBeforeEpoch
}

private func date(daysSinceEpoch days: Int64) -> (year: Int64, month: Int64, day: Int64) {
    let era = floorDivision(days + daysBeforeEpoch, daysOfEra)
    let dayOfEra = era.remainder
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    let year = era.quotient * 400 + yearOfEra + (month > 2 ? 0 : 1)
    return (year, month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
}

private let daysOfEra: Int64 = 146_097

/// From 0000-03-01 to 1970-01-01.
private let daysBeforeEpoch: Int64 = 719_468

private func floorDivision(_ number: Int64, _ divisor: Int64) -> (quotient: Int64, remainder: Int64) {
    let (quotient, remainder) = number.quotientAndRemainder(dividingBy: divisor)
    return remainder < 0 ? (quotient - 1, remainder + divisor) : (quotient, remainder)
}

/// A number with at least `width` digits, and what follows it.
private func append(_ number: Int64, _ width: Int, _ end: Unicode.Scalar, to text: inout [UInt8]) {
    if number < 0 { text.append(UInt8(ascii: "-")) }
    var place: UInt64 = 1
    for _ in 1..<width { place *= 10 }
    while number.magnitude / place >= 10 { place *= 10 }
    while place > 0 {
        text.append(UInt8(ascii: "0") + UInt8(number.magnitude / place % 10))
        place /= 10
    }
    text.append(UInt8(ascii: end))
}
