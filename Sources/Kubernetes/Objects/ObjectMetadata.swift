// SPDX-License-Identifier: Apache-2.0

/// What every object of Kubernetes says about itself.
package struct ObjectMetadata: Sendable, Hashable, Decodable {
    /// Nil in a bookmark.
    package let name: String?

    /// Nil for an object that lives in no namespace.
    package let namespace: String?

    /// Differs between an object and its successor of the same name.
    package let uid: String?

    /// From where a watch goes on; opaque, and only good for comparing for equality.
    package let resourceVersion: String?

    package let labels: [String: String]?
    package let annotations: [String: String]?
}
