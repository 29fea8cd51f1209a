// SPDX-License-Identifier: Apache-2.0

package import Handlers
package import Subscriptions

/// A configured endpoint.
package struct Receiver: Sendable {
    /// Empty for a cluster's receiver.
    package let project: String
    package let name: String
    package let provider: Provider

    /// How people name it: `project/name`, or the name alone for a cluster's receiver.
    package let title: String
    package let secret: Secret

    /// The value before it, which is accepted as long as the Secret has it; never the same.
    package let previousSecret: Secret?

    /// The URL's path, not for logs: with some providers knowing it is all that authenticates.
    package let path: String

    /// What is registered with the sender; as secret as ``path``.
    package var url: String { origin + path }

    /// The path that follows from ``previousSecret``; as secret as ``path``.
    package internal(set) var previousPath: String?

    /// What is registered with senders that have not changed yet.
    package var previousURL: String? { previousPath.map { origin + $0 } }

    /// Further paths, on which Kargo's own server answers for it; as secret as ``path``.
    package internal(set) var kargoPaths: [String]
    private let origin: String

    /// Nil for one that refreshes Warehouses.
    package let catalogue: CatalogueConfiguration?

    /// Its place among the receivers of its snapshot.
    package internal(set) var index = 0

    package init(
        baseURL: BaseURL,
        project: String,
        name: String,
        provider: Provider,
        secret: Secret,
        previousSecret: Secret? = nil,
        kargoPaths: [String] = [],
        catalogue: CatalogueConfiguration? = nil
    ) {
        self.project = project
        self.name = name
        title = project.isEmpty ? name : "\(project)/\(name)"
        self.provider = provider
        self.secret = secret
        self.previousSecret = previousSecret
        self.catalogue = catalogue
        origin = baseURL.origin
        func path(_ secret: Secret) -> String {
            receiverPath(
                below: baseURL.path,
                provider: provider,
                project: project,
                name: name,
                secret: secret
            )
        }
        let paths = (current: path(secret), previous: previousSecret.map(path))
        self.path = paths.current
        previousPath = paths.previous
        self.kargoPaths = kargoPaths.filter { $0 != paths.current && $0 != paths.previous }
    }

    /// Every path at which it answers.
    package var paths: [String] { [path] + furtherPaths }

    /// All but its own, which counts for more.
    var furtherPaths: [String] { (previousPath.map { [$0] } ?? []) + kargoPaths }

    /// Where its deliveries act.
    package var scope: Scope { project.isEmpty ? .cluster : .namespace(project) }
}

extension Receiver: CustomStringConvertible, CustomDebugStringConvertible {
    /// Project, name and provider: safe to log, unlike the path.
    package var description: String {
        "\(title) (\(provider.rawValue))"
    }

    package var debugDescription: String { description }
}
