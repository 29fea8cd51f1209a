// SPDX-License-Identifier: Apache-2.0

import Config
import Subscriptions

extension Snapshot {
    /// `project/name` of every receiver.
    var receiverNames: [String] { receivers.map { "\($0.project)/\($0.name)" } }

    /// The Warehouses that an image pushed to `repository` refreshes.
    func targets(_ repository: String) -> [String] {
        let push = Event.Push(repository: repository, kinds: [.image], qualifiers: .unknown)
        let match = subscriptions.match(Event(name: "push", pushes: [push]), in: .cluster)
        return match.targets.map(\.description)
    }
}
