// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import HTTP
internal import Handlers

extension ReceiverManifest {
    /// The receiver that a CatalogueReceiver describes; nil when nothing says by which Secret senders are known.
    ///
    /// Whatever else is not sound is no reason to refuse deliveries: Harbor does not send them again.
    init?(catalogue name: ObjectName, _ document: YAMLValue, _ problems: inout [Problem]) {
        guard let spec = document["spec"] else {
            problems.append(document.error("spec is missing: add it, with secretRef, harbor and sink"))
            return nil
        }
        guard spec.shape == .mapping else {
            problems.append(spec.mismatch(.mapping))
            return nil
        }
        var own: [Problem] = []
        let isKnown = spec.holdsOnly(["secretRef", "harbor", "mapping", "sink"], &own)
        let catalogue = CatalogueManifest(spec, &own)
        problems += own
        guard let secret = spec.secretReference("secretRef", &problems) else { return nil }
        self.init(
            place: document.place,
            project: name.namespace,
            name: name.name,
            provider: .catalogue,
            secretName: secret.name,
            kargoPaths: [],
            secretPlace: secret.place,
            catalogue: isKnown ? catalogue : nil,
            obstacle: isKnown && catalogue != nil ? nil : own.reason
        )
    }
}

extension CatalogueManifest {
    /// Everything is looked at, so that everything is reported.
    fileprivate init?(_ spec: YAMLValue, _ problems: inout [Problem]) {
        let harbor = spec.member("harbor", &problems).flatMap { Harbor($0, &problems) }
        let sink = spec.member("sink", &problems).flatMap { Sink($0, &problems) }
        let mapping = MappingManifest.read(spec, &problems)
        guard let harbor, let sink, let mapping else { return nil }
        self.init(harbor: harbor, mapping: mapping, mappingFile: spec.mappingFile, sink: sink)
    }
}

extension CatalogueManifest.Harbor {
    /// More of them would be more than Harbor's own pages ask for.
    private static let concurrency = 1...32

    fileprivate init?(_ value: YAMLValue, _ problems: inout [Problem]) {
        let isKnown = value.holdsOnly(["url", "credentialsRef", "maxConcurrent", "caFile"], &problems)
        let url = value.url("url", &problems)
        let credentials = value.secretReference("credentialsRef", &problems)
        let maxConcurrent = value.integer("maxConcurrent", Self.concurrency, or: 4, &problems)
        var caFile: String?
        if value["caFile"] != nil {
            guard let path = value.path("caFile", &problems) else { return nil }
            caFile = path
        }
        guard isKnown, let url, let credentials, let maxConcurrent else { return nil }
        self.init(url: url, credentials: credentials, maxConcurrent: maxConcurrent, caFile: caFile)
    }
}

extension CatalogueManifest.Sink {
    fileprivate init?(_ value: YAMLValue, _ problems: inout [Problem]) {
        guard value.holdsOnly(["port", "file"], &problems) else { return nil }
        switch (value["port"], value["file"]) {
        case (let port?, nil):
            guard port.isMapping(&problems) else { return nil }
            let isKnown = port.holdsOnly(["url", "credentialsRef"], &problems)
            let url = port.url("url", &problems)
            let credentials = port.secretReference("credentialsRef", &problems)
            guard isKnown, let url, let credentials else { return nil }
            self = .port(url, credentials)
        case (nil, let file?):
            // Whoever writes manifests in one namespace must not write files where others' are.
            guard value.place.line != nil else {
                problems.append(
                    file.error(
                        "\(file.path) is for manifests in a folder: in a cluster entities go to port alone"
                    )
                )
                return nil
            }
            guard file.isMapping(&problems), file.holdsOnly(["directory"], &problems),
                let directory = file.path("directory", &problems)
            else { return nil }
            self = .folder(directory)
        case (nil, nil):
            problems.append(value.error("\(value.path) is empty: add port or file"))
            return nil
        case (.some, .some):
            problems.append(value.error("\(value.path) has both port and file: keep one"))
            return nil
        }
    }
}

extension [Problem] {
    /// What is said in one line where these keep something from being used.
    var reason: Problem? { first { $0.severity == .error } ?? last }
}

extension YAMLValue {
    /// The mapping under `key`, which must be there.
    fileprivate func member(_ key: String, _ problems: inout [Problem]) -> YAMLValue? {
        guard let value = self[key] else {
            problems.append(error("\(path).\(key) is missing: add it"))
            return nil
        }
        return value.isMapping(&problems) ? value : nil
    }

    fileprivate func isMapping(_ problems: inout [Problem]) -> Bool {
        if shape == .mapping { return true }
        problems.append(mismatch(.mapping))
        return false
    }

    /// Whether every key is one of these; a misspelt one must not pass for a default.
    func holdsOnly(_ known: [String], _ problems: inout [Problem]) -> Bool {
        let unknown = members.filter { !known.contains($0.key) }
        problems += unknown.map { key, name, _ in
            name.error("unknown key \(key.quoted) in '\(path)'\(suggestion(for: key, among: known))")
        }
        return unknown.isEmpty
    }

    fileprivate func secretReference(
        _ key: String,
        _ problems: inout [Problem]
    ) -> CatalogueManifest.SecretReference? {
        guard let value = member(key, &problems) else { return nil }
        guard value.holdsOnly(["name"], &problems), let name = value.requiredText("name", &problems) else {
            return nil
        }
        return CatalogueManifest.SecretReference(name: name, place: value.place)
    }

    /// Where credentials are sent to.
    fileprivate func url(_ key: String, _ problems: inout [Problem]) -> HTTPURL? {
        guard let text = requiredText(key, &problems), let value = self[key] else { return nil }
        do throws(HTTPError) {
            let url = try HTTPURL(text)
            if !url.isSecure, !url.isThisMachine {
                problems.append(
                    value.warning("\(value.path) is not https: the credentials go there in the clear")
                )
            }
            return url
        } catch {
            problems.append(value.error("\(value.path): \(error)"))
            return nil
        }
    }

    fileprivate func integer(
        _ key: String,
        _ range: ClosedRange<Int>,
        or usual: Int,
        _ problems: inout [Problem]
    ) -> Int? {
        guard let value = self[key] else { return usual }
        guard value.shape == .number, let number = value.scalar.flatMap({ Int($0) }), range.contains(number)
        else {
            problems.append(
                value.error(
                    "\(value.path) must be a whole number from \(range.lowerBound) to \(range.upperBound)"
                )
            )
            return nil
        }
        return number
    }

    /// A path, relative to the folder of the manifest's file; what the API server sent is in no folder.
    func path(_ key: String, _ problems: inout [Problem]) -> String? {
        guard let text = requiredText(key, &problems), let value = self[key] else { return nil }
        guard text.hasPrefix("/") || value.place.line != nil else {
            problems.append(
                value.error(
                    "\(value.path) must be an absolute path, for a manifest in a cluster is in no folder"
                )
            )
            return nil
        }
        return text.resolved(in: value.place.file.parentFolder)
    }
}

extension YAMLValue {
    /// The file that has the mapping of a CatalogueReceiver with this `spec`.
    fileprivate var mappingFile: String? {
        guard let mapping = self["mapping"] else { return nil }
        var ignored: [Problem] = []
        return mapping["file"] == nil ? nil : mapping.path("file", &ignored)
    }
}

extension HTTPURL {
    /// Whether what is sent there leaves no machine.
    fileprivate var isThisMachine: Bool {
        host == "localhost" || host == "::1"
            || host.hasPrefix("127.") && host.allSatisfy { $0.isNumber || $0 == "." }
    }
}
