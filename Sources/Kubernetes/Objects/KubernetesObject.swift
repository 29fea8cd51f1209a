// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// An object as the API server wrote it.
///
/// What is in it is read by those who know its kind, so that one object that they cannot read does not spoil a
/// whole page. Objects of built-in kinds carry no `kind` and `apiVersion` when they come from a list.
package struct KubernetesObject: Sendable {
    package let json: [UInt8]

    package init(json: [UInt8]) { self.json = json }

    /// Reads only `metadata`, however large the rest is.
    package var metadata: ObjectMetadata {
        get throws(KubernetesError) {
            guard let range = try JSONScanner(json).members()["metadata"] else {
                throw KubernetesError(.invalidResponse, "the API server sent an object without metadata")
            }
            return try JSON.decode(ObjectMetadata.self, from: json[range])
        }
    }

    package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(KubernetesError) -> Value {
        try JSON.decode(type, from: json[...])
    }
}
