// SPDX-License-Identifier: Apache-2.0

internal import Handlers
internal import Subscriptions

extension Snapshot {
    /// Joins receivers with their Secrets, and leaves out what has a problem.
    init(
        _ manifests: Manifests,
        baseURL: BaseURL,
        systemResourcesNamespace: String,
        _ problems: inout [Problem]
    ) {
        var joined: [(receiver: Receiver, place: Place)] = []
        for manifest in manifests.receivers.values.joined() {
            let namespace = manifest.project.isEmpty ? systemResourcesNamespace : manifest.project
            let name = ObjectName(kind: .secret, namespace: namespace, name: manifest.secretName)
            guard let secret = secret(name, of: manifest, in: manifests, &problems) else { continue }
            let receiver = Receiver(
                baseURL: baseURL,
                project: manifest.project,
                name: manifest.name,
                provider: manifest.provider,
                secret: secret
            )
            joined.append((receiver, manifest.place))
        }
        self.init(
            receivers: withoutSharedURLs(joined, &problems),
            subscriptions: SubscriptionIndex(manifests.warehouses.values.lazy.flatMap(\.subscriptions)),
            warehouseCount: manifests.warehouses.count
        )
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
        let reason = manifests.isDefined(name) ? "is defined twice: remove one" : "is not there: add it"
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
) -> [Receiver] {
    Dictionary(grouping: joined) { $0.receiver.path }.values.compactMap { group -> Receiver? in
        guard group.count > 1 else { return group.first?.receiver }
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
