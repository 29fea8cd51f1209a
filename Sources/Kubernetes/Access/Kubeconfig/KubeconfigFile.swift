// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import Glibc
internal import POSIX
internal import Yams

/// One file of a kubeconfig; its relative paths start at its folder.
///
/// Keys that are not known are passed over, as kubectl does: the file is not ours.
struct KubeconfigFile {
    typealias Mapping = [String: Node]

    let path: String
    let root: Mapping

    /// Nil if there is no such file and that is allowed.
    init?(_ path: String, skipsMissing: Bool) throws(KubernetesError) {
        if skipsMissing {
            do { _ = try FileStatus(of: path) } catch let error where error.errno == ENOENT {
                return nil
            } catch {}
        }
        self.path = path
        let bytes = try readFile(path, code: .configuration)
        root = try Self.parse(bytes, path)
    }

    func error(_ message: String) -> KubernetesError {
        KubernetesError(.configuration, "'\(path)': \(message)")
    }

    /// The settings of a cluster, user or context: `users: [{name: …, user: {…}}]`.
    func entry(_ kind: String, in list: String, named name: String) throws(KubernetesError) -> Mapping? {
        guard let node = root[list], !isEmpty(node) else { return nil }
        guard let entries = node.sequence else { throw error("\(list) must be a list") }
        for entry in entries {
            let entry = try mapping(entry, "an entry of \(list)")
            guard try text("name", of: entry) == name else { continue }
            guard let settings = entry[kind], !isEmpty(settings) else { return [:] }
            return try mapping(settings, "the \(kind) '\(name)'")
        }
        return nil
    }

    /// A scalar that is not empty; the value is never in an error.
    func text(_ key: String, of mapping: Mapping) throws(KubernetesError) -> String? {
        guard let node = mapping[key], !isEmpty(node) else { return nil }
        guard let scalar = node.scalar else { throw error("\(key) must be text") }
        return scalar.string.isEmpty ? nil : scalar.string
    }

    func flag(_ key: String, of mapping: Mapping) throws(KubernetesError) -> Bool {
        switch try text(key, of: mapping) {
        case nil, "false", "False", "FALSE": false
        case "true", "True", "TRUE": true
        default: throw error("\(key) must be true or false")
        }
    }

    /// `key-data` in base64, which wins, or the file `key`.
    func fileOrData(_ key: String, of mapping: Mapping) throws(KubernetesError) -> FileOrData? {
        if let text = try text("\(key)-data", of: mapping) {
            guard let data = Data(base64Encoded: text.filter { !$0.isWhitespace }) else {
                throw error("\(key)-data is not base64")
            }
            return .data(Confidential(Array(data)))
        }
        return try text(key, of: mapping).map { .file(resolve($0)) }
    }

    func mapping(_ node: Node, _ what: String) throws(KubernetesError) -> Mapping {
        guard let mapping = node.mapping else { throw error("\(what) must be a mapping") }
        var members: Mapping = [:]
        for (key, value) in mapping {
            if let key = key.scalar?.string { members[key] = value }
        }
        return members
    }

    func refuse(_ keys: [String: String], of mapping: Mapping, _ what: String) throws(KubernetesError) {
        for (key, advice) in keys.sorted(by: { $0.key < $1.key }) {
            if let node = mapping[key], !isEmpty(node) {
                throw error("\(what) has \(key), which is not supported: \(advice)")
            }
        }
    }

    func resolve(_ path: String) -> String {
        guard !path.hasPrefix("/"), let slash = self.path.lastIndex(of: "/") else { return path }
        return "\(self.path[...slash])\(path)"
    }

    private func isEmpty(_ node: Node) -> Bool {
        guard let scalar = node.scalar, scalar.style == .plain else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(scalar.string)
    }

    private static func parse(_ bytes: [UInt8], _ path: String) throws(KubernetesError) -> Mapping {
        let text = String(validating: bytes, as: UTF8.self)
        // The parser's error may quote a secret.
        guard let text, let node = try? Parser(yaml: text, resolver: .basic, encoding: .utf8).singleRoot(),
            let mapping = node.mapping
        else {
            throw KubernetesError(.configuration, "'\(path)' is no kubeconfig: it is not a mapping in YAML")
        }
        var members: Mapping = [:]
        for (key, value) in mapping {
            if let key = key.scalar?.string { members[key] = value }
        }
        return members
    }
}
