// SPDX-License-Identifier: Apache-2.0

package import Handlers
package import Subscriptions

/// A configured endpoint.
///
/// Every delivery carries the one it came to from hand to hand: one reference, not a copy of each field.
package final class Receiver: Sendable {
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
    package let previousPath: String?

    /// What is registered with senders that have not changed yet.
    package var previousURL: String? { previousPath.map { origin + $0 } }

    /// Further paths, on which Kargo's own server answers for it; as secret as ``path``.
    package let kargoPaths: [String]
    private let origin: String

    /// Nil for one that refreshes Warehouses, and where it cannot be used.
    package let catalogue: CatalogueConfiguration?

    /// Why a CatalogueReceiver's ``catalogue`` cannot be used now; nil where it can.
    ///
    /// Such a receiver takes deliveries all the same: to know its senders takes no more than its secret.
    package let obstacle: Problem?

    /// Its place among the receivers of its snapshot.
    package let index: Int

    package init(
        baseURL: BaseURL,
        project: String,
        name: String,
        provider: Provider,
        secret: Secret,
        previousSecret: Secret? = nil,
        kargoPaths: [String] = [],
        catalogue: CatalogueConfiguration? = nil,
        obstacle: Problem? = nil
    ) {
        self.project = project
        self.name = name
        title = project.isEmpty ? name : "\(project)/\(name)"
        self.provider = provider
        self.secret = secret
        self.previousSecret = previousSecret
        self.catalogue = catalogue
        self.obstacle = obstacle
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
        index = 0
    }

    /// The same receiver at another place.
    convenience init(_ receiver: Receiver, at index: Int) {
        self.init(receiver, receiver.previousPath, receiver.kargoPaths, index)
    }

    /// The same receiver without further paths that are among `shared`.
    convenience init(_ receiver: Receiver, without shared: [String]) {
        self.init(
            receiver,
            receiver.previousPath.flatMap { shared.contains($0) ? nil : $0 },
            receiver.kargoPaths.filter { !shared.contains($0) },
            receiver.index
        )
    }

    private init(_ receiver: Receiver, _ previousPath: String?, _ kargoPaths: [String], _ index: Int) {
        (project, name, provider, title) =
            (receiver.project, receiver.name, receiver.provider, receiver.title)
        (secret, previousSecret) = (receiver.secret, receiver.previousSecret)
        (path, origin) = (receiver.path, receiver.origin)
        (catalogue, obstacle) = (receiver.catalogue, receiver.obstacle)
        (self.previousPath, self.kargoPaths, self.index) = (previousPath, kargoPaths, index)
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
