// SPDX-License-Identifier: Apache-2.0

private import HashTreeCollections

/// From a repository to the Warehouses that subscribe to it.
///
/// A look-up costs what its own repository's subscribers cost, however many others there are. So does a change:
/// a copy shares with the original all that is the same in both.
package struct SubscriptionIndex: Sendable {
    /// By the normalised URL: an image's and a chart's are mostly the same, and one look-up finds both.
    private var byURL: TreeDictionary<String, [Subscription]>

    /// Git subscriptions by what the SSH and the HTTPS URL of a repository have in common.
    private var byAddress: TreeDictionary<GitAddress, [Subscription]>

    /// How many subscriptions it holds.
    package private(set) var count = 0

    package init(_ subscriptions: some Sequence<Subscription>) {
        var byURL: [String: [Subscription]] = [:]
        var byAddress: [GitAddress: [Subscription]] = [:]
        for subscription in subscriptions {
            count += 1
            byURL[subscription.repository.url, default: []].append(subscription)
            if let address = GitAddress(subscription.repository) {
                byAddress[address, default: []].append(subscription)
            }
        }
        // In order already, what is found has next to nothing left to sort.
        for index in byURL.values.indices { byURL.values[index].sort { $0.target < $1.target } }
        for index in byAddress.values.indices { byAddress.values[index].sort { $0.target < $1.target } }
        self.byURL = TreeDictionary(uniqueKeysWithValues: byURL.lazy.map { ($0.key, $0.value) })
        self.byAddress = TreeDictionary(uniqueKeysWithValues: byAddress.lazy.map { ($0.key, $0.value) })
    }

    /// Puts the subscriptions of a Warehouse in the place of those that it had.
    package mutating func replace(_ old: [Subscription], with new: [Subscription]) {
        count += new.count - old.count
        for subscription in old {
            byURL.remove(subscription.target, at: subscription.repository.url)
            if let address = GitAddress(subscription.repository) {
                byAddress.remove(subscription.target, at: address)
            }
        }
        for subscription in new {
            byURL.insert(subscription, at: subscription.repository.url)
            if let address = GitAddress(subscription.repository) {
                byAddress.insert(subscription, at: address)
            }
        }
    }

    /// Every subscription, in no order.
    package func forEach(_ body: (Subscription) -> Void) {
        for (_, subscriptions) in byURL { subscriptions.forEach(body) }
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

extension TreeDictionary where Value == [Subscription] {
    /// Keeps the subscriptions ordered by target, and those of one target in the order in which they come.
    fileprivate mutating func insert(_ subscription: Subscription, at key: Key) {
        let list = self[key] ?? []
        var (low, high) = (0, list.count)
        while low < high {
            let middle = (low + high) / 2
            if subscription.target < list[middle].target { high = middle } else { low = middle + 1 }
        }
        self[key, default: []].insert(subscription, at: low)
    }

    fileprivate mutating func remove(_ target: Target, at key: Key) {
        self[key]?.removeAll { $0.target == target }
        if self[key]?.isEmpty == true { self[key] = nil }
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
