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

    /// Takes note of `number` deliveries that came up to `time`.
    package mutating func count(
        _ answer: Answer,
        _ number: Int = 1,
        to receiver: ReceiverName,
        at time: Timestamp
    ) {
        tallies[Key(receiver: receiver, hour: time.hour), default: Tally()].count(answer, number)
        times[receiver, default: Times()].update(answer, time)
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

        mutating func count(_ answer: Answer, _ number: Int) {
            switch answer {
            case .accepted: accepted += number
            case .unauthorized: unauthorized += number
            case .malformed: malformed += number
            case .limited: limited += number
            case .unavailable: unavailable += number
            }
        }
    }
}

extension Timestamp {
    /// Since 1970, in UTC.
    var hour: Int64 { microseconds / 3_600_000_000 }
}
