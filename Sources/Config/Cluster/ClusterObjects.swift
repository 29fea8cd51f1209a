// SPDX-License-Identifier: Apache-2.0

internal import Kubernetes
internal import Subscriptions

/// What is known of the cluster, and the snapshot that follows from it, made anew from what has changed.
///
/// One changed Warehouse among many costs what it costs by itself: the subscriptions of all others are shared with
/// the snapshot before.
actor ClusterObjects {
    private let baseURL: BaseURL
    private let systemResourcesNamespace: String

    private var manifests = Manifests()

    /// Of every object that was read; an object that is listed again unchanged costs next to nothing.
    private var versions: [ObjectName: String] = [:]
    private var problems: [ObjectName: [Problem]] = [:]

    /// The parts of the cluster of which no list is complete yet.
    private var awaited: Set<FollowedKind>

    /// What the pages of a list that is under way have held so far.
    private var listed: [FollowedKind: Set<ObjectName>] = [:]

    /// Secrets without the label, which were asked for by name.
    private var lookedUp: Set<ObjectName> = []

    // What has changed since the last snapshot.
    private var newProblems: [Problem] = []
    private var changedWarehouses: [ObjectName: [Subscription]] = [:]
    private var haveReceiversChanged = true
    private var snapshot: Snapshot?
    private var joinProblems: Set<Problem> = []

    init(_ kinds: [FollowedKind], baseURL: BaseURL, systemResourcesNamespace: String) {
        awaited = Set(kinds)
        self.baseURL = baseURL
        self.systemResourcesNamespace = systemResourcesNamespace
    }

    /// Takes note of what the API server said.
    func apply(_ change: Reflector.Change, to kind: FollowedKind) {
        switch change {
        case .listed(let objects, let isFirst, let isLast):
            if isFirst { listed[kind] = [] }
            for object in objects {
                if let name = read(object, as: kind) { listed[kind]?.insert(name) }
            }
            if isLast { endList(of: kind) }
        case .changed(let object): _ = read(object, as: kind)
        case .deleted(let object): (try? object.metadata).flatMap { ObjectName($0, kind) }.map(remove)
        case .inTouch, .failed: break
        }
    }

    /// Whether everything has been listed once.
    var isComplete: Bool { awaited.isEmpty }

    /// All problems there are.
    var allProblems: [Problem] { Array(problems.values.joined()) + joinProblems }
}

extension ClusterObjects {
    private func read(_ object: KubernetesObject, as kind: FollowedKind) -> ObjectName? {
        guard let metadata = try? object.metadata, let name = ObjectName(metadata, kind) else { return nil }
        lookedUp.remove(name)
        if let version = metadata.resourceVersion, versions[name] == version { return name }
        versions[name] = metadata.resourceVersion
        replace(name, with: object)
        return name
    }

    private func replace(_ name: ObjectName, with object: KubernetesObject) {
        noteChange(of: name)
        var own: [Problem] = []
        if let document = object.document(called: "\(name)") {
            manifests.set(name, to: document, &own)
        } else {
            manifests.remove(name)
            own.append(Problem(file: "\(name)", message: "the API server sent what cannot be read"))
        }
        manifests.missing[name] = nil
        let known = problems.updateValue(own, forKey: name) ?? []
        newProblems += own.filter { !known.contains($0) }
        if own.isEmpty { problems[name] = nil }
    }

    private func remove(_ name: ObjectName) {
        guard versions.removeValue(forKey: name) != nil else { return }
        noteChange(of: name)
        manifests.remove(name)
        problems[name] = nil
    }

    /// What a Warehouse subscribed to in the last snapshot has to leave the index.
    private func noteChange(of name: ObjectName) {
        guard name.kind == .warehouse else {
            haveReceiversChanged = true
            return
        }
        if changedWarehouses[name] == nil {
            changedWarehouses[name] = manifests.warehouses[name]?.subscriptions ?? []
        }
    }

    private func endList(of kind: FollowedKind) {
        let listed = listed.removeValue(forKey: kind) ?? []
        for name in versions.keys where kind.holds(name) && !listed.contains(name) && !lookedUp.contains(name)
        {
            remove(name)
        }
        awaited.remove(kind)
    }
}

extension ClusterObjects {
    /// Secrets that receivers refer to and that do not come by themselves, because they have no label.
    ///
    /// Those that were looked up before are among them: nothing tells when they change.
    func secretsToLookUp() -> [ObjectName] {
        let referred = Set(manifests.receivers.values.joined().map { $0.secret(systemResourcesNamespace) })
        for name in lookedUp.subtracting(referred) {
            remove(name)
            lookedUp.remove(name)
        }
        return referred.filter { versions[$0] == nil || lookedUp.contains($0) }
    }

    /// Whether a receiver refers to a Secret of which nothing is known.
    var isSecretUnknown: Bool {
        haveReceiversChanged
            && manifests.receivers.values.joined().contains { receiver in
                let name = receiver.secret(systemResourcesNamespace)
                return versions[name] == nil && manifests.missing[name] == nil
            }
    }

    /// Takes note of what became of looking a Secret up.
    func apply(_ result: Result<KubernetesObject, KubernetesError>, to name: ObjectName) {
        switch result {
        case .success(let object):
            let version = try? object.metadata.resourceVersion
            guard versions[name] == nil || versions[name] != version else { return }
            versions[name] = version ?? ""
            lookedUp.insert(name)
            replace(name, with: object)
        case .failure(let error) where error.code == .notFound:
            if lookedUp.remove(name) != nil { remove(name) }
            setMissing(name, "is not there: add it")
        case .failure(let error):
            // What was there a moment ago counts until it is known to be gone.
            if !lookedUp.contains(name) { setMissing(name, "cannot be read: \(error)") }
        }
    }

    private func setMissing(_ name: ObjectName, _ reason: String) {
        // It may have come by itself meanwhile.
        guard versions[name] == nil, manifests.missing[name] != reason else { return }
        manifests.missing[name] = reason
        haveReceiversChanged = true
    }
}

extension ClusterObjects {
    /// The state that follows from everything so far, and the problems that are new in it; nil while something has
    /// not been listed yet, and when nothing has changed.
    func publish() -> (snapshot: Snapshot, problems: [Problem])? {
        guard isComplete, haveReceiversChanged || !changedWarehouses.isEmpty || snapshot == nil else {
            return nil
        }
        var next = subscriptionsUpToDate()
        if haveReceiversChanged {
            var found: [Problem] = []
            let receivers = manifests.join(baseURL, systemResourcesNamespace, &found)
            next = Snapshot(
                receivers: receivers,
                subscriptions: next.subscriptions,
                warehouseCount: next.warehouseCount
            )
            newProblems += found.filter { !joinProblems.contains($0) }
            joinProblems = Set(found)
        }
        (haveReceiversChanged, changedWarehouses) = (false, [:])
        snapshot = next
        defer { newProblems = [] }
        return (next, newProblems.sorted())
    }

    /// The last snapshot with the Warehouses of today.
    private func subscriptionsUpToDate() -> Snapshot {
        // From some point on it is quicker to make all of it anew.
        guard var next = snapshot, changedWarehouses.count < max(100, manifests.warehouses.count / 50) else {
            return Snapshot(
                receivers: snapshot?.receivers ?? [],
                subscriptions: SubscriptionIndex(manifests.warehouses.values.lazy.flatMap(\.subscriptions)),
                warehouseCount: manifests.warehouses.count
            )
        }
        for (name, old) in changedWarehouses {
            next.subscriptions.replace(old, with: manifests.warehouses[name]?.subscriptions ?? [])
        }
        next.warehouseCount = manifests.warehouses.count
        return next
    }
}

extension ObjectName {
    /// Nil for what has no name, a bookmark.
    fileprivate init?(_ metadata: ObjectMetadata, _ kind: FollowedKind) {
        guard let name = metadata.name else { return nil }
        self.init(kind: kind.kind, namespace: metadata.namespace ?? "", name: name)
    }
}

extension FollowedKind {
    fileprivate func holds(_ name: ObjectName) -> Bool {
        name.kind == kind && (namespace == nil || namespace == name.namespace)
    }
}

extension KubernetesObject {
    /// What matters of the object, as a manifest is read; most of an object is its status and who changed what.
    fileprivate func document(called name: String) -> YAMLValue? {
        var members: [String] = []
        for key in ["spec", "data"] {
            guard let value = try? member(key) else { continue }
            members.append("\"\(key)\":\(String(decoding: value, as: UTF8.self))")
        }
        if let receivers = try? member("status", "webhookReceivers") {
            members.append(#""status":{"webhookReceivers":\#(String(decoding: receivers, as: UTF8.self))}"#)
        }
        return YAMLFile.root(ofJSON: Array("{\(members.joined(separator: ","))}".utf8), called: name)
    }
}
