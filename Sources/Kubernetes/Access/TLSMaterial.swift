// SPDX-License-Identifier: Apache-2.0

internal import NIOSSL

/// The certificates and the key of a connection, as they are in their files.
struct TLSMaterial: Sendable, Equatable {
    private let authority: [UInt8]?
    private let chain: [UInt8]?
    private let key: [UInt8]?

    /// For errors.
    private let authorityPlace: String
    private let chainPlace: String

    init(_ cluster: Cluster, _ certificate: Credentials.ClientCertificate?) throws(KubernetesError) {
        authority = try cluster.certificateAuthority?.read()
        chain = try certificate?.chain.read()
        key = try certificate?.key.read()
        authorityPlace = cluster.certificateAuthority?.place ?? ""
        chainPlace = certificate?.chain.place ?? ""
    }

    /// Always verifies the server's certificate and its name.
    var configuration: TLSConfiguration {
        get throws(KubernetesError) {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            if let authority {
                let certificates = try certificates(authority, "certificate authority \(authorityPlace)")
                configuration.trustRoots = .certificates(certificates)
            }
            if let chain, let key {
                let certificates = try certificates(chain, "client certificate \(chainPlace)")
                configuration.certificateChain = certificates.map { .certificate($0) }
                do {
                    configuration.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: key, format: .pem))
                } catch {
                    throw KubernetesError(
                        .configuration,
                        "the key of the client certificate \(chainPlace) is no private key in PEM: correct it"
                    )
                }
            }
            return configuration
        }
    }

    private func certificates(_ pem: [UInt8], _ what: String) throws(KubernetesError) -> [NIOSSLCertificate] {
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(pem)) ?? []
        guard !certificates.isEmpty else {
            throw KubernetesError(.configuration, "the \(what) holds no certificate in PEM: correct it")
        }
        return certificates
    }
}
