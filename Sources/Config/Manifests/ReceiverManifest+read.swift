// SPDX-License-Identifier: Apache-2.0

internal import Handlers

extension ReceiverManifest {
    /// The sound receivers of a configuration's `spec.webhookReceivers`; `project` is empty for a cluster's.
    static func read(_ manifest: YAMLValue, project: String, _ problems: inout [Problem]) -> [Self] {
        guard let spec = manifest.optional("spec", .mapping, &problems),
            let list = spec.optional("webhookReceivers", .list, &problems)
        else { return [] }

        var receivers: [Self] = []
        var places: [String: Place] = [:]
        var repeated: Set<String> = []
        for element in list.elements {
            guard let name = readName(element, &problems) else { continue }
            if let first = places[name] {
                repeated.insert(name)
                problems.append(
                    element.error(
                        "receiver '\(name)' is defined a second time, first at \(first): "
                            + "neither is used, rename or remove one"
                    )
                )
                continue
            }
            places[name] = element.place
            if let receiver = Self(
                element,
                name: name,
                project: project,
                status: manifest["status"],
                &problems
            ) {
                receivers.append(receiver)
            }
        }
        return receivers.filter { !repeated.contains($0.name) }
    }

    private static func readName(_ element: YAMLValue, _ problems: inout [Problem]) -> String? {
        guard element.shape == .mapping else {
            problems.append(element.mismatch(.mapping))
            return nil
        }
        guard let name = element.requiredText("name", &problems) else { return nil }
        guard isDNSSubdomain(name) else {
            problems.append(
                element.error("\(element.path).name \(name.quoted) is no valid name: use \(dnsSubdomainRule)")
            )
            return nil
        }
        return name
    }

    private init?(
        _ element: YAMLValue,
        name: String,
        project: String,
        status: YAMLValue?,
        _ problems: inout [Problem]
    ) {
        let types = element.members.filter { $0.key != "name" && $0.value.shape != .empty }
        guard let type = types.first, types.count == 1 else {
            let served = Provider.ofWarehouses.map(\.rawValue).sorted().listed("or")
            problems.append(
                element.error(
                    types.isEmpty
                        ? "receiver '\(name)' has no type: add \(served) with its secretRef"
                        : "receiver '\(name)' has several types, \(types.map(\.key.quoted).listed()): keep one"
                )
            )
            return nil
        }
        guard let provider = Provider.ofWarehouses.first(where: { $0.rawValue == type.key }) else {
            problems.append(type.name.error(Self.refusal(of: type.key, for: name)))
            return nil
        }
        guard type.value.shape == .mapping else {
            problems.append(type.value.mismatch(.mapping))
            return nil
        }
        guard let reference = type.value["secretRef"] else {
            let path = "\(type.value.path).secretRef.name"
            problems.append(type.name.error("\(path) is missing: add the name of the receiver's Secret"))
            return nil
        }
        guard reference.shape == .mapping else {
            problems.append(reference.mismatch(.mapping))
            return nil
        }
        guard let secretName = reference.requiredText("name", &problems) else { return nil }
        self.init(
            place: element.place,
            project: project,
            name: name,
            provider: provider,
            secretName: secretName,
            kargoPaths: statusPaths(of: name, provider, in: status),
            secretPlace: reference.place
        )
    }

    /// Why a receiver of a type that is not served is left out.
    private static func refusal(of type: String, for receiver: String) -> String {
        let served = Provider.ofWarehouses.map(\.rawValue).sorted()
        guard kargoTypes.contains(type) else {
            let suggestion = suggestion(for: type, among: served)
            return "receiver '\(receiver)' has an unknown type \(type.quoted)\(suggestion)"
        }
        return "receiver '\(receiver)' is of type '\(type)', which this version does not serve "
            + "(it serves \(served.listed())): leave it to Kargo's own webhooks server"
    }

    /// Every type that Kargo knows.
    private static let kargoTypes: Set<String> = [
        "artifactory", "azure", "bitbucket", "dockerhub", "generic", "gitea", "github", "gitlab", "harbor",
        "quay",
    ]
}

/// The paths that Kargo's controller has written into the status, so that whoever calls them need not change.
///
/// Knowing the path is all that authenticates some senders: one without Kargo's hash is not taken.
private func statusPaths(of receiver: String, _ provider: Provider, in status: YAMLValue?) -> [String] {
    let entries = status?["webhookReceivers"]?.elements.filter { $0["name"]?.scalar == receiver } ?? []
    let paths = entries.flatMap { entry -> [String] in
        // The path alone may be all there is; what no URL may hold is not taken into nginx's configuration.
        let texts = [entry["url"]?.scalar, entry["path"]?.scalar.map { "https://kargo" + $0 }]
        return texts.compactMap { text in text.flatMap { try? BaseURL($0).path } }
    }
    return Set(paths.filter { isReceiverPath($0, of: provider) }).sorted()
}
