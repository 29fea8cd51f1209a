// SPDX-License-Identifier: Apache-2.0

/// From a repository to the Warehouses that subscribe to it.
///
/// A look-up costs what its own repository's subscribers cost, however many others there are.
package struct SubscriptionIndex: Sendable {
    /// By the normalised URL: an image's and a chart's are mostly the same, and one look-up finds both.
    private let byURL: [String: [Subscription]]

    /// Git subscriptions by what the SSH and the HTTPS URL of a repository have in common.
    private let byAddress: [GitAddress: [Subscription]]

    package init(_ subscriptions: some Sequence<Subscription>) {
        var byURL: [String: [Subscription]] = [:]
        var byAddress: [GitAddress: [Subscription]] = [:]
        for subscription in subscriptions {
            byURL[subscription.repository.url, default: []].append(subscription)
            if let address = GitAddress(subscription.repository) {
                byAddress[address, default: []].append(subscription)
            }
        }
        // In order already, what is found has next to nothing left to sort.
        for index in byURL.values.indices { byURL.values[index].sort { $0.target < $1.target } }
        for index in byAddress.values.indices { byAddress.values[index].sort { $0.target < $1.target } }
        self.byURL = byURL
        self.byAddress = byAddress
    }

    /// Any Warehouse that subscribes to something.
    package var exampleTarget: Target? { byURL.values.first?.first?.target }

    /// Every subscription to what `event` names, with what it says to it, in a stable order.
    package func match(_ event: Event, in scope: Scope) -> Match {
        var considerations: [Match.Consideration] = []
        for (index, push) in event.pushes.enumerated() {
            for (subscriptions, kinds) in subscribers(to: push.keys) {
                for subscription in subscriptions
                where scope.includes(subscription.target) && kinds.contains(subscription.repository.kind) {
                    let refusal = subscription.selector.refusal(of: push)
                    considerations.append(Match.Consideration(subscription, index, refusal))
                }
            }
        }
        considerations.sort { $0.subscription.target < $1.subscription.target }
        return Match(event: event, considerations: considerations)
    }

    /// The subscriptions under each key's URL, with the kinds that are asked for there.
    private func subscribers(to keys: [RepositoryKey]) -> [([Subscription], kinds: [RepositoryKind])] {
        var found: [([Subscription], kinds: [RepositoryKind])] = []
        for (index, key) in keys.enumerated() {
            // The same URL as another kind's was looked up with that one.
            if !keys[..<index].contains(where: { $0.url == key.url }), let subscriptions = byURL[key.url] {
                found.append((subscriptions, keys.filter { $0.url == key.url }.map(\.kind)))
            }
            if let other = GitAddress(key)?.counterpart, let subscriptions = byAddress[other] {
                found.append((subscriptions, [.git]))
            }
        }
        return found
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
