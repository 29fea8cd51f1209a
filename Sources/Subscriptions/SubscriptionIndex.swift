// SPDX-License-Identifier: Apache-2.0

/// From a repository to the Warehouses that subscribe to it.
///
/// A look-up costs what its own repository's subscribers cost, however many others there are.
package struct SubscriptionIndex: Sendable {
    private let byRepository: [RepositoryKey: [Subscription]]

    /// Git subscriptions by what the SSH and the HTTPS URL of a repository have in common.
    private let byAddress: [GitAddress: [Subscription]]

    package init(_ subscriptions: some Sequence<Subscription>) {
        var byRepository: [RepositoryKey: [Subscription]] = [:]
        var byAddress: [GitAddress: [Subscription]] = [:]
        for subscription in subscriptions {
            byRepository[subscription.repository, default: []].append(subscription)
            if let address = GitAddress(subscription.repository) {
                byAddress[address, default: []].append(subscription)
            }
        }
        // In order already, what is found has next to nothing left to sort.
        self.byRepository = byRepository.mapValues { $0.sorted { $0.target < $1.target } }
        self.byAddress = byAddress.mapValues { $0.sorted { $0.target < $1.target } }
    }

    /// Every subscription to what `event` names, with what it says to it, in a stable order.
    package func match(_ event: Event, in scope: Scope) -> Match {
        var considerations: [Match.Consideration] = []
        for push in event.pushes {
            for key in push.keys {
                for subscription in subscriptions(to: key) where scope.includes(subscription.target) {
                    let refusal = subscription.selector.refusal(of: push)
                    considerations.append(Match.Consideration(subscription, push, refusal))
                }
            }
        }
        considerations.sort { $0.subscription.target < $1.subscription.target }
        return Match(event: event, considerations: considerations)
    }

    private func subscriptions(to key: RepositoryKey) -> [Subscription] {
        let exact = byRepository[key] ?? []
        guard let other = GitAddress(key)?.counterpart, let others = byAddress[other] else { return exact }
        return exact + others
    }
}

extension Scope {
    fileprivate func includes(_ target: Target) -> Bool {
        switch self {
        case .cluster: true
        case .namespace(let namespace): target.namespace == namespace
        }
    }
}
