// SPDX-License-Identifier: Apache-2.0

internal import Glibc
internal import NIOSSL
internal import POSIX

/// Who vouches for servers: the system's authorities, or those of a file in PEM.
struct CertificateAuthority {
    /// Nil for the system's.
    let file: String?

    /// Always verifies the server's certificate and its name.
    var configuration: TLSConfiguration {
        get throws(HTTPError) {
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.minimumTLSVersion = .tlsv12
            if let file { configuration.trustRoots = .certificates(try certificates(of: file)) }
            return configuration
        }
    }

    private func certificates(of file: String) throws(HTTPError) -> [NIOSSLCertificate] {
        let bytes: [UInt8]
        do throws(SystemError) { bytes = try Self.read(file) } catch {
            throw HTTPError(
                .configuration,
                "the certificate authority cannot be read: \(error): correct caFile, or let this user read it"
            )
        }
        let certificates = (try? NIOSSLCertificate.fromPEMBytes(bytes)) ?? []
        guard !certificates.isEmpty else {
            throw HTTPError(
                .configuration,
                "the certificate authority '\(file)' holds no certificate in PEM: correct it"
            )
        }
        return certificates
    }

    /// At most as much as all authorities of a system take several times over.
    private static func read(_ file: String) throws(SystemError) -> [UInt8] {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would never return.
        let descriptor = try Descriptor(opening: file, O_RDONLY | O_NONBLOCK)
        return try descriptor.read(upTo: 4 << 20, from: file)
    }
}
