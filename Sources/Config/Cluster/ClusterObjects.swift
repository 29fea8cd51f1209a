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

    private var known: [ObjectName: Version] = [:]
    private var problems: [ObjectName: [Problem]] = [:]

    /// The parts of the cluster of which no list is complete yet.
    private var awaited: Set<FollowedKind>

    /// What the pages of a list that is under way have held so far.
    private var listed: [FollowedKind: Set<ObjectName>] = [:]

    /// Secrets without the label, which were asked for by name.
    private var lookedUp: Set<ObjectName> = []

    /// Secrets of which the watch said that they are gone: they may only have lost their label.
    private var doubtful: Set<ObjectName> = []

    /// Secrets that are being looked up because nothing, or nothing certain, is known of them.
    private var asked: Set<ObjectName> = []

    /// Since when the receivers wait for look-ups.
    private var waitingSince: ContinuousClock.Instant?

    // What has changed since the last snapshot.
    private var changedWarehouses: [ObjectName: [Subscription]] = [:]
    private var haveReceiversChanged = true

    /// Whether a Secret may be unknown, which only a look at all receivers tells.
    private var mayLackSecrets = true
    private var snapshot: Snapshot?
    private var joinProblems: [Problem] = []
    private var reportedProblems: Set<Problem> = []

    /// How many Secrets are looked up at a time.
    static let lookUpLimit = 8

    /// How long what has changed about receivers waits for Secrets that are being looked up.
    static let patience = Duration.seconds(2)

    /// An object that is listed again, or of which only its status has changed, costs next to nothing.
    private struct Version {
        let resourceVersion: String

        /// Of what matters of the object.
        let hash: Int
    }

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
        case .deleted(let object): (try? object.metadata).flatMap { ObjectName($0, kind) }.map(doubt)
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
        doubtful.remove(name)
        take(object, metadata, as: name)
        return name
    }

    private func take(_ object: KubernetesObject, _ metadata: ObjectMetadata, as name: ObjectName) {
        let version = metadata.resourceVersion ?? ""
        let old = known[name]
        guard old?.resourceVersion != version else { return }
        let document = object.document
        known[name] = Version(resourceVersion: version, hash: document.hashValue)
        if old?.hash != document.hashValue { replace(name, with: document) }
    }

    private func replace(_ name: ObjectName, with document: [UInt8]) {
        noteChange(of: name)
        var own: [Problem] = []
        if let root = YAMLFile.root(ofJSON: document, called: "\(name)") {
            manifests.set(name, to: root, &own)
        } else {
            manifests.remove(name)
            own.append(Problem(file: "\(name)", message: "the API server sent what cannot be read"))
        }
        problems[name] = own.isEmpty ? nil : own
        manifests.missing[name] = nil
        // Whoever adds a receiver may just have added its Secret.
        for receiver in manifests.receivers[name] ?? [] {
            manifests.missing[receiver.secret(systemResourcesNamespace)] = nil
        }
    }

    /// Forgets what the API server does not tell of any more.
    ///
    /// A Secret that a receiver needs may have lost no more than its label: it counts until that is known.
    private func doubt(_ name: ObjectName) {
        guard name.kind == .secret, known[name] != nil, referredSecrets.contains(name) else {
            return remove(name)
        }
        lookedUp.insert(name)
        doubtful.insert(name)
        mayLackSecrets = true
    }

    private func remove(_ name: ObjectName) {
        lookedUp.remove(name)
        doubtful.remove(name)
        guard known.removeValue(forKey: name) != nil else { return }
        noteChange(of: name)
        manifests.remove(name)
        problems[name] = nil
    }

    /// What a Warehouse subscribed to in the last snapshot has to leave the index.
    private func noteChange(of name: ObjectName) {
        guard name.kind == .warehouse else {
            (haveReceiversChanged, mayLackSecrets) = (true, true)
            return
        }
        if changedWarehouses[name] == nil {
            changedWarehouses[name] = manifests.warehouses[name]?.subscriptions ?? []
        }
    }

    private func endList(of kind: FollowedKind) {
        let listed = listed.removeValue(forKey: kind) ?? []
        for name in known.keys where kind.holds(name) && !listed.contains(name) && !lookedUp.contains(name) {
            doubt(name)
        }
        awaited.remove(kind)
    }
}

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
    private var unknownSecrets: Set<ObjectName> {
        guard mayLackSecrets else { return [] }
        let unknown = referredSecrets.filter {
            doubtful.contains($0) || known[$0] == nil && manifests.missing[$0] == nil
        }
        mayLackSecrets = !unknown.isEmpty
        return unknown
    }

    private var referredSecrets: Set<ObjectName> {
        Set(manifests.receivers.values.joined().map { $0.secret(systemResourcesNamespace) })
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
            guard let metadata = try? object.metadata else { return setMissing(name, "cannot be read") }
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

extension ClusterObjects {
    /// The state that follows from everything so far, and the problems that are new in it; nil while something has
    /// not been listed yet, and when nothing has changed.
    ///
    /// The first one has every Secret looked up. Later, receivers wait for that a moment, and Warehouses not at all.
    func publish() -> (snapshot: Snapshot, problems: [Problem])? {
        let joins = haveReceiversChanged && !mustWaitForSecrets()
        guard isComplete, joins || snapshot != nil && !changedWarehouses.isEmpty else { return nil }
        var next = subscriptionsUpToDate()
        if joins {
            next = Snapshot(
                receivers: joinedReceivers(),
                subscriptions: next.subscriptions,
                warehouseCount: next.warehouseCount
            )
            haveReceiversChanged = false
        }
        changedWarehouses = [:]
        snapshot = next
        let problems = Set(allProblems)
        defer { reportedProblems = problems }
        return (next, problems.subtracting(reportedProblems).sorted())
    }

    /// A receiver whose Secret is still being looked up stays what it was.
    private func joinedReceivers() -> [Receiver] {
        let unknown = unknownSecrets.filter { known[$0] == nil }
        var manifests = manifests
        for name in unknown { manifests.missing[name] = "could not be read yet" }
        joinProblems = []
        let receivers = manifests.join(baseURL, systemResourcesNamespace, &joinProblems)
        guard !unknown.isEmpty, let snapshot else { return receivers }
        let waiting = manifests.receivers.values.joined().filter {
            unknown.contains($0.secret(systemResourcesNamespace))
        }
        return receivers
            + snapshot.receivers.filter { old in
                waiting.contains { $0.project == old.project && $0.name == old.name }
            }
    }

    private func mustWaitForSecrets() -> Bool {
        guard !unknownSecrets.isEmpty else {
            waitingSince = nil
            return false
        }
        let since = waitingSince ?? .now
        waitingSince = since
        return snapshot == nil || .now - since < Self.patience
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
    fileprivate var document: [UInt8] {
        var members: [String] = []
        for key in ["spec", "data"] {
            guard let value = try? member(key) else { continue }
            members.append("\"\(key)\":\(String(decoding: value, as: UTF8.self))")
        }
        if let receivers = try? member("status", "webhookReceivers") {
            members.append(#""status":{"webhookReceivers":\#(String(decoding: receivers, as: UTF8.self))}"#)
        }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }
}
