// SPDX-License-Identifier: Apache-2.0

/// How long the receivers' batches take: those that are slow must leave room for the others.
///
/// Both have as many places, and a receiver has one of them. Which ones are slow shows while they are: then their places
/// are free for others.
struct Pace {
    /// A batch that takes longer is slow, and its receiver is until it has one that is not.
    private static let limit = Duration.seconds(2)

    /// So many times the places are under way at most, whoever has become slow only now.
    private static let excess = 8

    private var begun: [String: ContinuousClock.Instant] = [:]
    private(set) var slow: Set<String> = []

    /// Those that have a batch under way.
    var receivers: Set<String> { Set(begun.keys) }

    /// Takes note of batches that have become slow by now.
    mutating func look(at now: ContinuousClock.Instant = .now) {
        for (receiver, start) in begun where now - start > Self.limit { slow.insert(receiver) }
    }

    /// Whether there is room for the next batch of `receiver`; then it has begun.
    mutating func begins(
        _ receiver: String,
        of places: Int,
        at now: ContinuousClock.Instant = .now
    ) -> Bool {
        guard begun[receiver] == nil, slow.contains(receiver) ? hasRoomForSlow(places) : hasRoom(places)
        else {
            return false
        }
        begun[receiver] = now
        return true
    }

    /// Whether one that is not slow may begin.
    func hasRoom(_ places: Int) -> Bool {
        begun.count < places * Self.excess && begun.keys.count { !slow.contains($0) } < places
    }

    /// Whether one that is slow may begin.
    func hasRoomForSlow(_ places: Int) -> Bool { begun.keys.count { slow.contains($0) } < places }

    mutating func finish(_ receiver: String, at now: ContinuousClock.Instant = .now) {
        guard let start = begun.removeValue(forKey: receiver) else { return }
        if now - start > Self.limit { slow.insert(receiver) } else { slow.remove(receiver) }
    }
}
