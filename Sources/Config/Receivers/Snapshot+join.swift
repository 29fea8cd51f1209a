// SPDX-License-Identifier: Apache-2.0

internal import Handlers
internal import Subscriptions

extension Snapshot {
    /// Takes everything that is sound.
    init(
        _ manifests: Manifests,
        baseURL: BaseURL,
        systemResourcesNamespace: String,
        _ problems: inout [Problem]
    ) {
        self.init(
            receivers: manifests.join(baseURL, systemResourcesNamespace, &problems),
            subscriptions: SubscriptionIndex(manifests.warehouses.values.lazy.flatMap(\.subscriptions)),
            warehouseCount: manifests.warehouses.count
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
            guard let secret = secret(name, of: manifest, in: self, &problems) else { continue }
            let receiver = Receiver(
                baseURL: baseURL,
                project: manifest.project,
                name: manifest.name,
                provider: manifest.provider,
                secret: secret,
                kargoPaths: manifest.kargoPaths
            )
            joined.append((receiver, manifest.place))
        }
        return withoutSharedPaths(withoutSharedURLs(joined, &problems), &problems)
    }
}

extension ReceiverManifest {
    /// The Secret it refers to: in its project, or for a cluster's receiver among Kargo's own.
    func secret(_ systemResourcesNamespace: String) -> ObjectName {
        let namespace = project.isEmpty ? systemResourcesNamespace : project
        return ObjectName(kind: .secret, namespace: namespace, name: secretName)
    }
}

/// The secret of a receiver, or nil and the reason why there is none.
private func secret(
    _ name: ObjectName,
    of receiver: ReceiverManifest,
    in manifests: Manifests,
    _ problems: inout [Problem]
) -> Secret? {
    let key = receiver.provider.handler.secretKey
    guard let manifest = manifests.secrets[name] else {
        let reason = manifests.missing[name] ?? "is not there: add it"
        problems.append(
            receiver.secretPlace.error("\(receiver.title) is left out, because its \(name) \(reason)")
        )
        return nil
    }
    switch manifest.values[key] {
    case .secret(let secret, let place):
        if receiver.provider.handler.authentication == .header, secret.bytes.last == UInt8(ascii: "\n") {
            problems.append(
                place.warning(
                    "the value of '\(key)' in \(name) ends with a newline, so no header can ever equal it: "
                        + "encode it without one, as in printf %s 'value' | base64"
                )
            )
        }
        return secret
    case .unusable(let problem):
        problems.append(problem)
    case nil:
        problems.append(
            manifest.place.error(
                "\(name) has no key '\(key)': add it, \(receiver.title) is left out until then"
            )
        )
    }
    return nil
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
    let paths = joined.flatMap { [$0.receiver.path] + $0.receiver.kargoPaths }
    let owners = Dictionary(paths.map { ($0, 1) }, uniquingKeysWith: +)
    return joined.map { receiver, place in
        let own = receiver.kargoPaths.filter { owners[$0] == 1 }
        guard own.count < receiver.kargoPaths.count else { return receiver }
        problems.append(
            place.warning(
                "receiver '\(receiver.name)' has a path in its status that another one has too: "
                    + "it does not answer there"
            )
        )
        var receiver = receiver
        receiver.kargoPaths = own
        return receiver
    }
}
