// SPDX-License-Identifier: Apache-2.0

import Dispatch
import NIOConcurrencyHelpers

/// Where pages are made: off the event loops, one after the other, and not more than a few are waited for.
///
/// So whoever looks at many at once keeps one thread busy, and neither deliveries nor probes.
final class PageQueue: Sendable {
    private let queue = DispatchQueue(label: "webhook-fcgi.pages", qos: .utility)
    private let waiting = NIOLockedValueBox(0)

    /// Pages that are being made or wait for that.
    private let capacity: Int

    init(capacity: Int = 8) { self.capacity = capacity }

    /// Takes a place, unless all are taken; ``run(_:)`` gives it back.
    func enter() -> Bool {
        waiting.withLockedValue { count in
            guard count < capacity else { return false }
            count += 1
            return true
        }
    }

    /// Runs `body` when its turn comes.
    func run(_ body: @escaping @Sendable () -> Void) {
        queue.async {
            body()
            self.waiting.withLockedValue { $0 -= 1 }
        }
    }
}
