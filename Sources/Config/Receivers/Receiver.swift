// SPDX-License-Identifier: Apache-2.0

package import Handlers
package import Subscriptions

/// A configured endpoint.
package struct Receiver: Sendable {
    /// Empty for a cluster's receiver.
    package let project: String
    package let name: String
    package let provider: Provider
    package let secret: Secret

    /// The URL's path, not for logs: with some providers knowing it is all that authenticates.
    package let path: String

    /// What is registered with the sender; as secret as ``path``.
    package let url: String

    /// Further paths, on which Kargo's own server answers for it; as secret as ``path``.
    package internal(set) var kargoPaths: [String]

    /// Its place among the receivers of its snapshot.
    package internal(set) var index = 0

    package init(
        baseURL: BaseURL,
        project: String,
        name: String,
        provider: Provider,
        secret: Secret,
        kargoPaths: [String] = []
    ) {
        self.project = project
        self.name = name
        self.provider = provider
        self.secret = secret
        let path = receiverPath(
            below: baseURL.path,
            provider: provider,
            project: project,
            name: name,
            secret: secret
        )
        self.path = path
        self.kargoPaths = kargoPaths.filter { $0 != path }
        url = baseURL.origin + path
    }

    /// Where its deliveries act.
    package var scope: Scope { project.isEmpty ? .cluster : .namespace(project) }
}

extension Receiver: CustomStringConvertible, CustomDebugStringConvertible {
    /// Project, name and provider: safe to log, unlike the path.
    package var description: String {
        "\(project.isEmpty ? name : "\(project)/\(name)") (\(provider.rawValue))"
    }

    package var debugDescription: String { description }
}
