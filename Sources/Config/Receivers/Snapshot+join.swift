// SPDX-License-Identifier: Apache-2.0

internal import Handlers
internal import Subscriptions

extension Snapshot {
    /// Takes everything that is sound; what the manifests lack is not there only where they are complete.
    init(
        _ manifests: Manifests,
        isComplete: Bool = true,
        baseURL: BaseURL,
        systemResourcesNamespace: String,
        _ problems: inout [Problem]
    ) {
        let receivers = manifests.join(baseURL, systemResourcesNamespace, &problems)
        self.init(
            receivers: receivers,
            subscriptions: SubscriptionIndex(manifests.warehouses.values.lazy.flatMap(\.subscriptions)),
            warehouseCount: manifests.warehouses.count,
            unusable: isComplete
                ? manifests.catalogueReceivers.subtracting(receivers.map { "\($0.project)/\($0.name)" }) : nil
        )
    }
}

extension Manifests {
    /// Joins receivers with their Secrets, and leaves out what has a problem.
    func join(
        _ baseURL: BaseURL,
        _ systemResourcesNamespace: String,
        _ problems: inout [Problem]
    ) -> [Receiver] {
        var joined: [(receiver: Receiver, place: Place)] = []
        for manifest in receivers.values.joined() {
            let name = manifest.secret(systemResourcesNamespace)
            guard let (secret, previous) = acceptedSecrets(name, of: manifest, in: self, &problems) else {
                continue
            }
            var own: [Problem] = []
            let catalogue = CatalogueConfiguration(manifest, self, &own)
            problems += own
            let receiver = Receiver(
                baseURL: baseURL,
                project: manifest.project,
                name: manifest.name,
                provider: manifest.provider,
                secret: secret,
                previousSecret: previous,
                kargoPaths: manifest.kargoPaths,
                catalogue: catalogue,
                obstacle: manifest.obstacle ?? (catalogue == nil ? own.reason : nil)
            )
            joined.append((receiver, manifest.place))
        }
        return withoutSharedPaths(
            withoutSharedURLs(withoutSharedNames(joined, &problems), &problems),
            &problems
        )
    }
}

extension ReceiverManifest {
    /// The Secret it refers to: in its project, or for a cluster's receiver among Kargo's own.
    func secret(_ systemResourcesNamespace: String) -> ObjectName {
        let namespace = project.isEmpty ? systemResourcesNamespace : project
        return ObjectName(kind: .secret, namespace: namespace, name: secretName)
    }

    /// All of them: a catalogue needs credentials, too.
    func secrets(_ systemResourcesNamespace: String) -> [ObjectName] {
        [secret(systemResourcesNamespace)]
            + (catalogue?.references ?? []).map {
                ObjectName(kind: .secret, namespace: project, name: $0.name)
            }
    }
}

/// The secret of a receiver and the one before it, or nil and the reason why there is none.
private func acceptedSecrets(
    _ name: ObjectName,
    of receiver: ReceiverManifest,
    in manifests: Manifests,
    _ problems: inout [Problem]
) -> (current: Secret, previous: Secret?)? {
    let handler = receiver.provider.handler
    guard let manifest = manifests.secrets[name] else {
        let reason = manifests.missing[name] ?? "is not there: add it"
        problems.append(
            receiver.secretPlace.error("\(receiver.title) is left out, because its \(name) \(reason)")
        )
        return nil
    }
    switch manifest.values[handler.secretKey] {
    case .secret(let secret, let place):
        warnOfNewline(secret, place, handler, handler.secretKey, name, &problems)
        return (secret, previousSecret(name, manifest, handler, before: secret, &problems))
    case .unusable(let problem): problems.append(problem)
    case nil:
        problems.append(
            manifest.place.error(
                "\(name) has no key '\(handler.secretKey)': add it, \(receiver.title) is left out until then"
            )
        )
    }
    return nil
}

/// The value before `current`; without one that can be used the receiver goes on with `current` alone.
private func previousSecret(
    _ name: ObjectName,
    _ manifest: SecretManifest,
    _ handler: any Handler,
    before current: Secret,
    _ problems: inout [Problem]
) -> Secret? {
    let key = handler.previousSecretKey
    switch manifest.values[key] {
    case nil: return nil
    case .unusable(let problem):
        problems.append(problem)
        return nil
    case .secret(let secret, let place):
        guard secret.bytes != current.bytes else {
            problems.append(
                place.warning(
                    "the value of '\(key)' in \(name) is that of '\(handler.secretKey)': remove it, "
                        + "or give it the value that senders still have"
                )
            )
            return nil
        }
        warnOfNewline(secret, place, handler, key, name, &problems)
        return secret
    }
}

private func warnOfNewline(
    _ secret: Secret,
    _ place: Place,
    _ handler: any Handler,
    _ key: String,
    _ name: ObjectName,
    _ problems: inout [Problem]
) {
    guard handler.authentication == .header, secret.bytes.last == UInt8(ascii: "\n") else { return }
    problems.append(
        place.warning(
            "the value of '\(key)' in \(name) ends with a newline, so no header can ever equal it: "
                + "encode it without one, as in printf %s 'value' | base64"
        )
    )
}

/// Drops every CatalogueReceiver whose name one of Kargo's receivers has: people and the outbox call them by it.
private func withoutSharedNames(
    _ joined: [(receiver: Receiver, place: Place)],
    _ problems: inout [Problem]
) -> [(receiver: Receiver, place: Place)] {
    let places = Dictionary(
        joined.filter { $0.receiver.provider != .catalogue }.map {
            ([$0.receiver.project, $0.receiver.name], $0.place)
        },
        uniquingKeysWith: { first, _ in first }
    )
    return joined.filter { receiver, place in
        guard receiver.provider == .catalogue, let other = places[[receiver.project, receiver.name]] else {
            return true
        }
        problems.append(
            place.error(
                "CatalogueReceiver '\(receiver.name)' has the name of the receiver at \(other): "
                    + "it is left out, give it another"
            )
        )
        return false
    }
}

/// Drops every receiver whose URL another one has too: whose delivery it was could not be told.
private func withoutSharedURLs(
    _ joined: [(receiver: Receiver, place: Place)],
    _ problems: inout [Problem]
) -> [(receiver: Receiver, place: Place)] {
    Dictionary(grouping: joined) { $0.receiver.path }.values.compactMap { group in
        guard group.count > 1 else { return group.first }
        for (receiver, place) in group {
            let others = group.map(\.place).filter { $0 != place }.map(\.description).sorted().listed()
            problems.append(
                place.error(
                    "receiver '\(receiver.name)' has the same URL as the one at \(others): "
                        + "all of them are left out, give each a secret of its own"
                )
            )
        }
        return nil
    }
}

/// Takes from every receiver the further paths that another one has too.
private func withoutSharedPaths(
    _ joined: [(receiver: Receiver, place: Place)],
    _ problems: inout [Problem]
) -> [Receiver] {
    let owners = Dictionary(joined.flatMap(\.receiver.paths).map { ($0, 1) }, uniquingKeysWith: +)
    return joined.map { receiver, place in
        let shared = receiver.furtherPaths.filter { owners[$0] != 1 }
        guard !shared.isEmpty else { return receiver }
        let own = Receiver(receiver, without: shared)
        if own.previousPath != receiver.previousPath {
            problems.append(
                place.warning(
                    "receiver '\(receiver.name)' has a previous URL that another one has too: "
                        + "it does not answer there"
                )
            )
        }
        if own.kargoPaths != receiver.kargoPaths {
            problems.append(
                place.warning(
                    "receiver '\(receiver.name)' has a path in its status that another one has too: "
                        + "it does not answer there"
                )
            )
        }
        return own
    }
}
