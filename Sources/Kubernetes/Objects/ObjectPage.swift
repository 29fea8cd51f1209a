// SPDX-License-Identifier: Apache-2.0

/// A part of a list.
package struct ObjectPage: Sendable {
    package let items: [KubernetesObject]

    /// The state of the cluster that the whole list shows, the same on every page: a watch goes on from it.
    package let resourceVersion: String

    /// Asks for the next page; nil on the last one.
    let continuation: String?

    package var isLast: Bool { continuation == nil }

    init(json: [UInt8]) throws(KubernetesError) {
        let members = try JSONScanner(json).members()
        guard let metadata = members["metadata"] else {
            throw KubernetesError(.invalidResponse, "the API server sent a list without metadata")
        }
        let list = try JSON.decode(ListMetadata.self, from: json[metadata])
        resourceVersion = list.resourceVersion
        continuation = list.continue.flatMap { $0.isEmpty ? nil : $0 }
        var items: [KubernetesObject] = []
        // An empty list of a custom resource may be null.
        if let range = members["items"], json[range.lowerBound] == UInt8(ascii: "[") {
            items = try JSONScanner(json[range]).elements().map { KubernetesObject(json: Array(json[$0])) }
        }
        self.items = items
    }

    private struct ListMetadata: Decodable {
        let resourceVersion: String
        let `continue`: String?
    }
}
