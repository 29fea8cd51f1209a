// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes

extension ClusterObjects {
    /// Secrets that receivers refer to and that do not come by themselves, because they have no label.
    ///
    /// Those that were looked up before are among them: nothing tells when they change.
    func unlabelledSecrets() -> [ObjectName] {
        let referred = referredSecrets
        for name in lookedUp.subtracting(referred) { remove(name) }
        return referred.filter { known[$0] == nil || lookedUp.contains($0) }
    }

    /// Secrets to look up now, a few at a time: one look-up that hangs is to hold up no other.
    func nextUnknownSecrets() -> [ObjectName] {
        guard isComplete, asked.count < Self.lookUpLimit else { return [] }
        let next = unknownSecrets.subtracting(asked).prefix(Self.lookUpLimit - asked.count)
        asked.formUnion(next)
        return Array(next)
    }

    /// Secrets that receivers refer to and of which it is not even known whether they are there.
    var unknownSecrets: Set<ObjectName> {
        guard mayLackSecrets else { return [] }
        let unknown = referredSecrets.filter {
            doubtful.contains($0) || known[$0] == nil && manifests.missing[$0] == nil
        }
        mayLackSecrets = !unknown.isEmpty
        return unknown
    }

    var referredSecrets: Set<ObjectName> {
        Set(manifests.receivers.values.joined().flatMap { $0.secrets(systemResourcesNamespace) })
    }

    /// Takes note of what became of looking a Secret up; nil for a look-up that was cut off and says nothing.
    func apply(_ result: Result<KubernetesObject, KubernetesError>?, to name: ObjectName) {
        asked.remove(name)
        guard let result else { return }
        let isDoubtful = doubtful.remove(name) != nil
        switch result {
        case .success(let object):
            // What has come by itself meanwhile is newer.
            guard known[name] == nil || lookedUp.contains(name) else { return }
            guard let metadata = try? object.metadata else {
                return setMissing(name, "cannot be read: look at it with kubectl get -o yaml")
            }
            lookedUp.insert(name)
            take(object, metadata, as: name)
        case .failure(let error) where error.code == .notFound:
            if lookedUp.contains(name) { remove(name) }
            setMissing(name, "is not there: add it")
        case .failure(let error):
            // Who may not look it up would never learn that it is gone.
            if case .forbidden = error.code, isDoubtful { remove(name) }
            // What was there a moment ago counts until it is known to be gone.
            if !lookedUp.contains(name) { setMissing(name, "cannot be read: \(error)") }
        }
    }

    private func setMissing(_ name: ObjectName, _ reason: String) {
        // It may have come by itself meanwhile.
        guard known[name] == nil, manifests.missing[name] != reason else { return }
        manifests.missing[name] = reason
        haveReceiversChanged = true
    }
}
