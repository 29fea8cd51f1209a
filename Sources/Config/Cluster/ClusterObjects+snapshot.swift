// SPDX-License-Identifier: Apache-2.0

internal import Subscriptions

extension ClusterObjects {
    /// The state that follows from everything so far, and the problems that are new in it; nil while something has
    /// not been listed yet, and when nothing has changed.
    ///
    /// The first one has every Secret looked up. Later, receivers wait for that a moment, as always for their mappings, and
    /// Warehouses not at all.
    func publish() -> (snapshot: Snapshot, problems: [Problem])? {
        let joins = haveReceiversChanged && !mustWait()
        guard isComplete, joins || snapshot != nil && !changedWarehouses.isEmpty else { return nil }
        var next = subscriptionsUpToDate()
        if joins {
            let receivers = joinedReceivers()
            next = Snapshot(
                receivers: receivers,
                subscriptions: next.subscriptions,
                warehouseCount: next.warehouseCount,
                unusable: refused.isEmpty
                    ? manifests.catalogueReceivers.subtracting(receivers.map { "\($0.project)/\($0.name)" })
                    : nil
            )
            haveReceiversChanged = false
        }
        changedWarehouses = [:]
        snapshot = next
        let problems = Set(allProblems)
        defer { reportedProblems = problems }
        return (next, problems.subtracting(reportedProblems).sorted())
    }

    /// A receiver whose Secret is still being looked up, or whose mapping is being compiled, stays what it was.
    private func joinedReceivers() -> [Receiver] {
        let unknown = unknownSecrets.filter { known[$0] == nil }
        var manifests = manifests
        for name in unknown { manifests.missing[name] = "could not be read yet" }
        joinProblems = []
        let receivers = manifests.join(baseURL, systemResourcesNamespace, &joinProblems)
        let mappings = unknownMappings
        guard !unknown.isEmpty || !mappings.isEmpty, let snapshot else { return receivers }
        let waiting = manifests.receivers.values.joined().filter { receiver in
            !unknown.isDisjoint(with: receiver.secrets(systemResourcesNamespace))
                || receiver.catalogue.map { mappings.contains($0.mapping.definition) } == true
        }
        let names = Set(waiting.map { [$0.project, $0.name] })
        let old = snapshot.receivers.filter { names.contains([$0.project, $0.name]) }
        let kept = Set(old.map { [$0.project, $0.name] })
        return receivers.filter { !kept.contains([$0.project, $0.name]) } + old
    }

    private func mustWait() -> Bool {
        let lacksSecrets = !unknownSecrets.isEmpty
        guard lacksSecrets || !unknownMappings.isEmpty else {
            waitingSince = nil
            return false
        }
        let since = waitingSince ?? .now
        waitingSince = since
        return snapshot == nil && lacksSecrets || .now - since < patience
    }

    /// The last snapshot with the Warehouses of today.
    private func subscriptionsUpToDate() -> Snapshot {
        // From some point on it is quicker to make all of it anew.
        guard var next = snapshot, changedWarehouses.count < max(100, manifests.warehouses.count / 50) else {
            return Snapshot(
                receivers: snapshot?.receivers ?? [],
                subscriptions: SubscriptionIndex(manifests.warehouses.values.lazy.flatMap(\.subscriptions)),
                warehouseCount: manifests.warehouses.count,
                unusable: snapshot?.unusable ?? nil
            )
        }
        for (name, old) in changedWarehouses {
            next.subscriptions.replace(old, with: manifests.warehouses[name]?.subscriptions ?? [])
        }
        next.warehouseCount = manifests.warehouses.count
        return next
    }
}
