// SPDX-License-Identifier: Apache-2.0

package import Catalogue
internal import Crypto
package import HTTP
package import Handlers

/// What a CatalogueReceiver's objects are read from, what becomes of them, and where that goes.
///
/// A class: a receiver is passed on with every delivery.
package final class CatalogueConfiguration: Sendable {
    package let harbor: Harbor
    package let mapping: Mapping
    package let sink: Sink

    package struct Harbor: Sendable {
        package let url: HTTPURL
        package let username: String
        package let password: Secret
        package let maxConcurrent: Int
        package let caFile: String?
    }

    package enum Sink: Sendable {
        case port(HTTPURL, clientID: Secret, clientSecret: Secret)
        /// A folder with a document for each entity.
        case folder(String)
    }

    /// What tells it from another, without showing the secrets in it.
    private let digest: SHA256Digest

    init(harbor: Harbor, mapping: Mapping, sink: Sink) {
        self.harbor = harbor
        self.mapping = mapping
        self.sink = sink
        var texts = [
            Array("\(harbor.url)".utf8), Array(harbor.username.utf8), harbor.password.bytes,
            Array("\(harbor.maxConcurrent) \(harbor.caFile ?? "")".utf8),
        ]
        switch sink {
        case .port(let url, let clientID, let clientSecret):
            texts += [Array("port \(url)".utf8), clientID.bytes, clientSecret.bytes]
        case .folder(let directory): texts.append(Array("folder \(directory)".utf8))
        }
        var hash = SHA256()
        // Each by itself, or two that differ could be alike in one row.
        for text in texts { hash.update(data: Array(SHA256.hash(data: text))) }
        digest = hash.finalize()
    }
}

extension CatalogueConfiguration: Equatable {
    package static func == (left: CatalogueConfiguration, right: CatalogueConfiguration) -> Bool {
        left === right || left.digest == right.digest && left.mapping.definition == right.mapping.definition
    }

    /// The same as long as the same is shown, in the same place; with which accounts does not matter.
    package var contents: String {
        let place =
            switch sink {
            case .port(let url, _, _): "port \(url)"
            case .folder(let directory): "folder \(directory)"
            }
        var hash = SHA256()
        for text in ["\(harbor.url)", place, mapping.definition.text] {
            hash.update(data: Array(SHA256.hash(data: Array(text.utf8))))
        }
        return hash.finalize().prefix(8).map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }
            .joined()
    }

    /// For comparing what two processes serve.
    package var fingerprint: [UInt8] {
        var hash = SHA256()
        hash.update(data: Array(digest))
        hash.update(data: Array(mapping.definition.text.utf8))
        return Array(hash.finalize())
    }
}

extension MappingDefinition {
    /// The same for two that are the same.
    fileprivate var text: String {
        resources.map { resource in
            let members =
                (resource.properties.map { ("p", $0.key, $0.value) }
                + resource.relations.map { ("r", $0.key, $0.value) }).sorted { $0 < $1 }
            let texts = [
                resource.kind.rawValue, resource.query, resource.identifier, resource.title ?? "\0",
                resource.blueprint,
            ]
            return "\(texts) \(members)"
        }.joined(separator: "\n")
    }
}
