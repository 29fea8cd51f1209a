// SPDX-License-Identifier: Apache-2.0

/// From a repository to the Warehouses that subscribe to it.
///
/// A look-up costs what its own repository's subscribers cost, however many others there are.
package struct SubscriptionIndex: Sendable {
    /// By repository, then by namespace: a project's receiver never walks past its neighbours.
    private let targets: [RepositoryKey: [String: Set<Target>]]

    package init(_ subscriptions: some Sequence<Subscription>) {
        var targets: [RepositoryKey: [String: Set<Target>]] = [:]
        for subscription in subscriptions {
            targets[subscription.repository, default: [:]][subscription.target.namespace, default: []]
                .insert(subscription.target)
        }
        self.targets = targets
    }

    /// The Warehouses to refresh after `event`, each once, in a stable order.
    package func targets(of event: Event, in scope: Scope) -> [Target] {
        var found: Set<Target> = []
        for key in Set(event.pushes.flatMap(\.keys)) {
            guard let namespaces = targets[key] else { continue }
            switch scope {
            case .namespace(let namespace): found.formUnion(namespaces[namespace] ?? [])
            case .cluster: found.formUnion(namespaces.values.joined())
            }
        }
        return found.sorted()
    }
}
