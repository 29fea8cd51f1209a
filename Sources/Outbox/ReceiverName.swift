// SPDX-License-Identifier: Apache-2.0

/// Names a receiver among all.
package struct ReceiverName: Sendable, Hashable {
    /// Empty for a cluster's receiver.
    package let project: String
    package let name: String

    package init(project: String, name: String) {
        self.project = project
        self.name = name
    }
}
