// SPDX-License-Identifier: Apache-2.0

package import POSIX

/// How many deliveries came to each receiver in each hour, and what they were told.
package struct Activity: Sendable, Equatable {
    private(set) var tallies: [Key: Tally] = [:]
    private(set) var times: [ReceiverName: Times] = [:]

    struct Key: Sendable, Hashable {
        let receiver: ReceiverName
        let hour: Int64
    }

    struct Times: Sendable, Equatable {
        fileprivate(set) var lastDelivery = Timestamp(microseconds: 0)
        fileprivate(set) var lastSuccess: Timestamp?

        fileprivate mutating func update(_ answer: Answer, _ time: Timestamp) {
            lastDelivery = time
            if answer == .accepted { lastSuccess = time }
        }
    }

    package init() {}

    var isEmpty: Bool { times.isEmpty }

    /// Takes note of one delivery.
    package mutating func count(_ answer: Answer, to receiver: ReceiverName, at time: Timestamp) {
        tallies[Key(receiver: receiver, hour: time.hour), default: Tally()].count(answer)
        times[receiver, default: Times()].update(answer, time)
    }

    /// Takes note of what was counted before.
    mutating func merge(earlier: Activity) {
        for (key, tally) in earlier.tallies { tallies[key, default: Tally()] += tally }
        for (receiver, earlier) in earlier.times {
            let later = times[receiver] ?? earlier
            times[receiver]?.lastSuccess = later.lastSuccess ?? earlier.lastSuccess
            if times[receiver] == nil { times[receiver] = earlier }
        }
    }
}

extension Activity {
    /// What a sender is told.
    package enum Answer: Sendable {
        case accepted, unauthorized, malformed, limited, unavailable
    }

    /// How many deliveries got which answer.
    package struct Tally: Sendable, Equatable {
        package internal(set) var accepted = 0
        package internal(set) var unauthorized = 0
        package internal(set) var malformed = 0
        package internal(set) var limited = 0
        package internal(set) var unavailable = 0

        package init() {}

        package var refused: Int { unauthorized + malformed + limited + unavailable }

        mutating func count(_ answer: Answer) {
            switch answer {
            case .accepted: accepted += 1
            case .unauthorized: unauthorized += 1
            case .malformed: malformed += 1
            case .limited: limited += 1
            case .unavailable: unavailable += 1
            }
        }

        static func += (total: inout Tally, more: Tally) {
            total.accepted += more.accepted
            total.unauthorized += more.unauthorized
            total.malformed += more.malformed
            total.limited += more.limited
            total.unavailable += more.unavailable
        }
    }
}

extension Timestamp {
    /// Since 1970, in UTC.
    var hour: Int64 { microseconds / 3_600_000_000 }
}
