// SPDX-License-Identifier: Apache-2.0

internal import Catalogue
internal import HTTP

/// What a CatalogueReceiver says besides its secret, before its further Secrets were looked up.
struct CatalogueManifest: Sendable {
    let harbor: Harbor
    let mapping: MappingManifest

    /// Nil where the manifest holds it.
    let mappingFile: String?
    let sink: Sink

    struct Harbor: Sendable {
        let url: HTTPURL
        let credentials: SecretReference
        let maxConcurrent: Int
        let caFile: String?
    }

    enum Sink: Sendable {
        case port(HTTPURL, SecretReference)
        case folder(String)
    }

    /// A Secret of the receiver's project.
    struct SecretReference: Sendable {
        let name: String
        let place: Place
    }

    /// Every Secret that it refers to.
    var references: [SecretReference] {
        switch sink {
        case .port(_, let reference): [harbor.credentials, reference]
        case .folder: [harbor.credentials]
        }
    }

    /// The keys of such Secrets.
    static let secretKeys = ["username", "password", "client-id", "client-secret"]
}
