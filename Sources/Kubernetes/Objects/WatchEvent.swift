// SPDX-License-Identifier: Apache-2.0

/// What happened to an object, or how far a watch has come.
package struct WatchEvent: Sendable {
    package enum Kind: String, Sendable {
        case added = "ADDED"
        case modified = "MODIFIED"
        /// The object is as it was last.
        case deleted = "DELETED"
        /// Nothing happened: the object holds nothing but the version from which a watch could go on.
        case bookmark = "BOOKMARK"
    }

    package let kind: Kind
    package let object: KubernetesObject

    /// Reads a line of a watch.
    ///
    /// - Throws: `gone` and what else the server says in an event of type ERROR, which ends every watch.
    init(line: [UInt8]) throws(KubernetesError) {
        let members = try JSONScanner(line).members()
        guard let type = members["type"], let object = members["object"] else {
            throw KubernetesError(
                .invalidResponse,
                "the API server sent a watch event without type or object"
            )
        }
        let name = String(decoding: line[type].dropFirst().dropLast(), as: UTF8.self)
        if name == "ERROR" {
            let status = try JSON.decode(Status.self, from: line[object])
            throw status.watchError
        }
        guard let kind = Kind(rawValue: name) else {
            throw KubernetesError(.invalidResponse, "the API server sent a watch event of an unknown type")
        }
        self.kind = kind
        self.object = KubernetesObject(json: Array(line[object]))
    }
}
