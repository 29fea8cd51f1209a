// SPDX-License-Identifier: Apache-2.0

import Config
import Subscriptions

/// What it costs that one Warehouse changes, while the snapshot before it is still in use.
struct Changing {
    private let index: SubscriptionIndex

    private static let changes = 1001

    init(_ folder: String) throws { index = try Loading(of: folder).result.snapshot.subscriptions }

    /// The median and the longest, as cells of a table.
    var row: String {
        get throws {
            var times: [Duration] = []
            for change in 0..<Self.changes {
                let image = Fleet.image(change * 619 % Fleet.large.projects, 4)
                let push = Event.Push(repository: image, kinds: [.image], qualifiers: .unknown)
                let match = index.match(Event(name: "push", pushes: [push]), in: .cluster)
                guard let old = match.considerations.first?.subscription else { throw UsageError() }
                let key = RepositoryKey("registry.example.com/new/\(change)", kind: .image)
                let new = Subscription(target: old.target, repository: key, selector: old.selector)
                let start = Machine.threadTime
                var next = index
                next.replace([old], with: [new])
                times.append(Machine.threadTime - start)
            }
            times.sort()
            return "\(times[Self.changes / 2].microseconds) | \((times.last ?? .zero).microseconds)"
        }
    }
}
