// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import Kubernetes
internal import Subscriptions

/// What is known of the cluster, and the snapshot that follows from it, made anew from what has changed.
///
/// One changed Warehouse among many costs what it costs by itself: the subscriptions of all others are shared with
/// the snapshot before.
actor ClusterObjects {
    let baseURL: BaseURL
    let systemResourcesNamespace: String

    /// How long what has changed about receivers waits for Secrets that are being looked up, and for mappings.
    let patience: Duration

    var manifests = Manifests()

    var known: [ObjectName: Version] = [:]
    private var problems: [ObjectName: [Problem]] = [:]

    /// The parts of the cluster of which no list is complete yet.
    private var awaited: Set<FollowedKind>

    /// The parts that are done without, because the right to read them is missing.
    var refused: [FollowedKind: Problem] = [:]

    /// What the pages of a list that is under way have held so far.
    private var listed: [FollowedKind: Set<ObjectName>] = [:]

    /// Secrets without the label, which were asked for by name.
    var lookedUp: Set<ObjectName> = []

    /// Secrets of which the watch said that they are gone: they may only have lost their label.
    var doubtful: Set<ObjectName> = []

    /// Secrets that are being looked up because nothing, or nothing certain, is known of them.
    var asked: Set<ObjectName> = []

    /// Mappings that are being compiled, and whether any may have to be, which only a look at all receivers tells.
    var compiled: Set<MappingDefinition> = []
    var mayLackMappings = true

    /// Those that could not be compiled for want of a process, and are to be compiled once more.
    var repeated: Set<MappingDefinition> = []

    /// Since when the receivers wait for look-ups.
    var waitingSince: ContinuousClock.Instant?

    // What has changed since the last snapshot.
    var changedWarehouses: [ObjectName: [Subscription]] = [:]
    var haveReceiversChanged = true

    /// Whether a Secret may be unknown, which only a look at all receivers tells.
    var mayLackSecrets = true
    var snapshot: Snapshot?
    var joinProblems: [Problem] = []
    var reportedProblems: Set<Problem> = []

    /// How many Secrets are looked up at a time.
    static let lookUpLimit = 8

    /// An object that is listed again, or of which only its status has changed, costs next to nothing.
    struct Version {
        let resourceVersion: String

        /// Of what matters of the object.
        let hash: Int
    }

    init(
        _ kinds: [FollowedKind],
        baseURL: BaseURL,
        systemResourcesNamespace: String,
        patience: Duration
    ) {
        awaited = Set(kinds)
        self.baseURL = baseURL
        self.systemResourcesNamespace = systemResourcesNamespace
        self.patience = patience
    }

    /// Takes note of what the API server said.
    func apply(_ change: Reflector.Change, to kind: FollowedKind) {
        switch change {
        case .listed(let objects, let isFirst, let isLast):
            if refused.removeValue(forKey: kind) != nil { haveReceiversChanged = true }
            if isFirst { listed[kind] = [] }
            for object in objects {
                if let name = read(object, as: kind) { listed[kind]?.insert(name) }
            }
            if isLast { endList(of: kind) }
        case .changed(let object): _ = read(object, as: kind)
        case .deleted(let object): (try? object.metadata).flatMap { ObjectName($0, kind) }.map(doubt)
        case .failed(let error) where kind.isOptional: doWithout(kind, because: error)
        case .inTouch, .failed: break
        }
    }

    /// Whether nothing of this kind is waited for although it could not be read.
    func doesWithout(_ kind: FollowedKind) -> Bool { kind.isOptional && !awaited.contains(kind) }

    /// Takes note that what a cluster may do without cannot be read.
    private func doWithout(_ kind: FollowedKind, because error: KubernetesError) {
        switch error.code {
        // There is no CRD, and so there are none.
        case .unknownResource: apply(.listed([], isFirst: true, isLast: true), to: kind)
        case .forbidden:
            let problem = Problem(
                .warning,
                file: "the cluster",
                message: "CatalogueReceivers cannot be read, and are left out: \(error)"
            )
            guard refused.updateValue(problem, forKey: kind) != problem else { return }
            (awaited, haveReceiversChanged) = (awaited.subtracting([kind]), true)
        default: break
        }
    }

    /// Whether everything has been listed once.
    var isComplete: Bool { awaited.isEmpty }

    /// All problems there are.
    var allProblems: [Problem] { Array(problems.values.joined()) + joinProblems + refused.values }
}

extension ClusterObjects {
    private func read(_ object: KubernetesObject, as kind: FollowedKind) -> ObjectName? {
        guard let metadata = try? object.metadata, let name = ObjectName(metadata, kind) else { return nil }
        lookedUp.remove(name)
        doubtful.remove(name)
        take(object, metadata, as: name)
        return name
    }

    func take(_ object: KubernetesObject, _ metadata: ObjectMetadata, as name: ObjectName) {
        let version = metadata.resourceVersion ?? ""
        let old = known[name]
        guard old?.resourceVersion != version else { return }
        let document = object.document
        let hash = document.hashValue
        known[name] = Version(resourceVersion: version, hash: hash)
        if old?.hash != hash { replace(name, with: document) }
    }

    private func replace(_ name: ObjectName, with document: [UInt8]) {
        noteChange(of: name)
        var own: [Problem] = []
        if let root = YAMLFile.root(ofJSON: document, called: "\(name)") {
            manifests.set(name, to: root, &own)
        } else {
            manifests.remove(name)
            own.append(
                Problem(
                    file: "\(name)",
                    message: "the API server sent what cannot be read: look at it with kubectl get -o yaml, "
                        + "and apply its manifest again"
                )
            )
        }
        problems[name] = own.isEmpty ? nil : own
        manifests.missing[name] = nil
        // Whoever adds a receiver may just have added its Secret.
        for receiver in manifests.receivers[name] ?? [] {
            for secret in receiver.secrets(systemResourcesNamespace) { manifests.missing[secret] = nil }
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

    func remove(_ name: ObjectName) {
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
            (haveReceiversChanged, mayLackSecrets, mayLackMappings) = (true, true, true)
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
