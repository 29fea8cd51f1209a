// SPDX-License-Identifier: Apache-2.0

/// Takes the objects out of documents that somebody wrote: alone or in lists, of any kind, even twice.
struct ManifestReader {
    private(set) var manifests = Manifests()
    private(set) var problems: [Problem] = []

    /// All but that a mapping, to which a manifest refers, is no manifest.
    var problemsOfManifests: [Problem] {
        let mappings = Set(manifests.receivers.values.joined().compactMap { $0.catalogue?.mappingFile })
        return problems.filter { $0.severity == .error || !mappings.contains($0.file ?? "") }
    }

    /// Where each object was first defined.
    private var places: [ObjectName: Place] = [:]

    /// Takes one object in, or each object of a list; kinds that are not ours are skipped.
    ///
    /// - Returns: Whether there was a Secret.
    mutating func read(_ document: YAMLValue) -> Bool {
        guard document.shape == .mapping else {
            problems.append(document.mismatch(.mapping))
            return false
        }
        guard let apiVersion = document["apiVersion"]?.scalar, let kind = document["kind"]?.scalar else {
            let message = "skipped, it has no apiVersion and kind: what is no manifest should be elsewhere"
            problems.append(document.warning(message))
            return false
        }
        return read(document, apiVersion: apiVersion, kind: kind)
    }

    private mutating func read(_ document: YAMLValue, apiVersion: String, kind: String) -> Bool {
        if kind == "List", apiVersion == "v1" { return readItems(of: document, as: nil) }
        let listed = kind.hasSuffix("List") ? String(kind.dropLast(4)) : nil
        guard let ours = ManifestKind(rawValue: listed ?? kind),
            isRead(ours, document, apiVersion: apiVersion)
        else { return false }
        if listed != nil { return readItems(of: document, as: ours) }
        if let name = name(of: document, ours), !isRepeated(name, at: document.place) {
            read(document, as: name)
        }
        return ours == .secret
    }

    /// Whether `apiVersion` is the one this version reads; another group's kind of the same name is no concern.
    private mutating func isRead(_ kind: ManifestKind, _ document: YAMLValue, apiVersion: String) -> Bool {
        if apiVersion == kind.apiVersion { return true }
        let group = apiVersion.contains("/") ? String(apiVersion.prefix { $0 != "/" }) : ""
        if group == kind.group {
            problems.append(
                document.warning(
                    "skipped, because this version reads \(kind.rawValue) only as \(kind.apiVersion), "
                        + "not \(apiVersion.quoted)"
                )
            )
        }
        return false
    }

    /// Reads the elements, which are `kind` if they do not say themselves, as in a list from the API.
    private mutating func readItems(of list: YAMLValue, as kind: ManifestKind?) -> Bool {
        // With aliases, lists in lists in lists would be as many as the grains on the chessboard.
        guard list.path.isEmpty else {
            problems.append(list.error("\(list.path) is a list in a list: move its items to the outer one"))
            return false
        }
        guard let items = list.optional("items", .list, &problems) else { return false }
        var hasSecret = false
        for item in items.elements {
            if let kind, item.shape == .mapping, item["kind"] == nil {
                hasSecret = read(item, apiVersion: kind.apiVersion, kind: kind.rawValue) || hasSecret
            } else {
                hasSecret = read(item) || hasSecret
            }
        }
        return hasSecret
    }

    private mutating func read(_ document: YAMLValue, as name: ObjectName) {
        var own: [Problem] = []
        manifests.set(name, to: document, &own)
        // A file may hold many of them, all alike.
        problems += name.kind == .warehouse ? own.map { $0.prefixed(with: "\(name)") } : own
    }

    private mutating func isRepeated(_ name: ObjectName, at place: Place) -> Bool {
        guard let first = places.updateValue(place, forKey: name) else { return false }
        places[name] = first
        manifests.remove(name)
        manifests.missing[name] = "is defined twice: remove one"
        problems.append(
            place.error("\(name) is defined a second time, first at \(first): neither is used, remove one")
        )
        return true
    }
}

extension ManifestReader {
    /// The validated name of an object; both parts are looked at, so that both are reported.
    private mutating func name(of document: YAMLValue, _ kind: ManifestKind) -> ObjectName? {
        guard let metadata = document["metadata"] else {
            problems.append(document.error("metadata is missing: add it, with the object's name"))
            return nil
        }
        guard metadata.shape == .mapping else {
            problems.append(metadata.mismatch(.mapping))
            return nil
        }
        let name = metadata.requiredText("name", &problems)
        let namespace = kind.isNamespaced ? metadata.requiredText("namespace", &problems) : ""
        var isValid = true
        if let name, !isDNSSubdomain(name) {
            problems.append(
                metadata.error("metadata.name \(name.quoted) is no valid name: use \(dnsSubdomainRule)")
            )
            isValid = false
        }
        if let namespace, kind.isNamespaced, !isDNSLabel(namespace) {
            problems.append(
                metadata.error("metadata.namespace \(namespace.quoted) is no valid name: use \(dnsLabelRule)")
            )
            isValid = false
        }
        guard isValid, let name, let namespace else { return nil }
        return ObjectName(kind: kind, namespace: namespace, name: name)
    }
}
