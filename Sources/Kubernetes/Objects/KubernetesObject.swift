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

    /// The JSON of a member of the object, or of one of its members' members; nil where it has none.
    package func member(_ path: String...) throws(KubernetesError) -> ArraySlice<UInt8>? {
        var value = json[...]
        for name in path {
            guard value.first == UInt8(ascii: "{"), let range = try JSONScanner(value).members()[name] else {
                return nil
            }
            value = value[range]
        }
        return value
    }

    package func decode<Value: Decodable>(_ type: Value.Type = Value.self) throws(KubernetesError) -> Value {
        try JSON.decode(type, from: json[...])
    }
}
