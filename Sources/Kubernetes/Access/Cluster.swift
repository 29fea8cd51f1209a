// SPDX-License-Identifier: Apache-2.0

/// An API server, and how to know that it is the right one.
package struct Cluster: Sendable {
    package let server: ServerAddress

    /// In PEM; nil for the certificate authorities that the system trusts.
    package let certificateAuthority: FileOrData?

    /// What the server's certificate is for, if not for its host.
    package let tlsServerName: String?

    package init(server: ServerAddress, certificateAuthority: FileOrData?, tlsServerName: String? = nil) {
        self.server = server
        self.certificateAuthority = certificateAuthority
        self.tlsServerName = tlsServerName
    }
}
