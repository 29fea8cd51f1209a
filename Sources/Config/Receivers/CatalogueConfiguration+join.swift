// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import HTTP
internal import Handlers

extension CatalogueConfiguration {
    /// Joins what a CatalogueReceiver says with the Secrets it refers to; nil, and why, where one is missing.
    ///
    /// Nil, and nothing to say, for another kind of receiver, and where the manifest itself is not sound.
    convenience init?(_ receiver: ReceiverManifest, _ manifests: Manifests, _ problems: inout [Problem]) {
        guard let catalogue = receiver.catalogue else { return nil }
        var credentials = Credentials(receiver: receiver, manifests: manifests)
        let account = credentials.pair("username", "password", in: catalogue.harbor.credentials)
        let sink: Sink?
        switch catalogue.sink {
        case .folder(let directory): sink = .folder(directory)
        case .port(let url, let reference):
            sink = credentials.pair("client-id", "client-secret", in: reference).map {
                .port(url, clientID: $0, clientSecret: $1)
            }
        }
        problems += credentials.problems
        guard let mapping = manifests.mapping(of: receiver, catalogue.mapping, &problems), let account,
            let sink
        else { return nil }
        self.init(
            harbor: Harbor(
                url: catalogue.harbor.url,
                username: String(decoding: account.0.bytes, as: UTF8.self),
                password: account.1,
                maxConcurrent: catalogue.harbor.maxConcurrent,
                caFile: catalogue.harbor.caFile
            ),
            mapping: mapping,
            sink: sink
        )
    }
}

extension Manifests {
    /// The compiled mapping; nil, and why, where there is none.
    fileprivate func mapping(
        of receiver: ReceiverManifest,
        _ manifest: MappingManifest,
        _ problems: inout [Problem]
    ) -> Mapping? {
        switch mappings[manifest.definition] {
        case .success(let mapping): return mapping
        case .failure(let error): problems += manifest.problems(error)
        case nil:
            problems.append(
                manifest.place.warning(
                    "the mapping of \(receiver.title) is still being compiled: its catalogue waits until then"
                )
            )
        }
        return nil
    }
}

/// Looks credentials up, and takes note of what is wrong with them.
private struct Credentials {
    let receiver: ReceiverManifest
    let manifests: Manifests
    private(set) var problems: [Problem] = []

    init(receiver: ReceiverManifest, manifests: Manifests) {
        (self.receiver, self.manifests) = (receiver, manifests)
    }

    /// The values of two keys.
    mutating func pair(
        _ firstKey: String,
        _ secondKey: String,
        in reference: CatalogueManifest.SecretReference
    ) -> (Secret, Secret)? {
        let object = ObjectName(kind: .secret, namespace: receiver.project, name: reference.name)
        guard let manifest = manifests.secrets[object] else {
            let reason = manifests.missing[object] ?? "is not there: add it"
            problems.append(
                reference.place.error(
                    "the catalogue of \(receiver.title) waits, because its \(object) \(reason)"
                )
            )
            return nil
        }
        let first = value(firstKey, of: object, manifest)
        let second = value(secondKey, of: object, manifest)
        guard let first, let second else { return nil }
        return (first, second)
    }

    private mutating func value(_ key: String, of object: ObjectName, _ manifest: SecretManifest) -> Secret? {
        switch manifest.values[key] {
        case .secret(let secret, let place):
            if secret.bytes.last == UInt8(ascii: "\n") {
                problems.append(
                    place.warning(
                        "the value of '\(key)' in \(object) ends with a newline, which is hardly meant: "
                            + "encode it without one, as in printf %s 'value' | base64"
                    )
                )
            }
            return secret
        case .unusable(let problem): problems.append(problem)
        case nil:
            problems.append(
                manifest.place.error(
                    "\(object) has no key '\(key)': add it, the catalogue of \(receiver.title) waits until then"
                )
            )
        }
        return nil
    }
}
