// SPDX-License-Identifier: Apache-2.0

import ArgumentParser
import Outbox
import Subscriptions

extension ReceiverName: ExpressibleByArgument {
    /// Reads `project/name`, or the name alone of a cluster's receiver.
    package init?(argument: String) {
        let parts = argument.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard parts.count <= 2, !parts.contains("") else { return nil }
        self.init(project: parts.count == 2 ? parts[0] : "", name: parts[parts.count - 1])
    }

    /// How people name it.
    var title: String { project.isEmpty ? name : "\(project)/\(name)" }
}

extension Target: ExpressibleByArgument {
    /// Reads `namespace/name`, or `project/receiver/object`.
    package init?(argument: String) { self.init(argument) }
}
