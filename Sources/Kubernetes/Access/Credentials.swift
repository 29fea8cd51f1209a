// SPDX-License-Identifier: Apache-2.0

/// How this program says who it is; a token and a certificate may come together.
package struct Credentials: Sendable {
    package var token: TokenSource?
    package var certificate: ClientCertificate?

    package enum TokenSource: Sendable {
        case text(Confidential)
        /// Read again when it may have changed: a service account's token is replaced every hour.
        case file(String)
        /// May give a certificate as well.
        case plugin(CredentialPlugin)
    }

    package struct ClientCertificate: Sendable {
        /// Ours first, then those of the authorities between.
        let chain: FileOrData
        let key: FileOrData

        package init(chain: FileOrData, key: FileOrData) {
            self.chain = chain
            self.key = key
        }
    }

    package init(token: TokenSource? = nil, certificate: ClientCertificate? = nil) {
        self.token = token
        self.certificate = certificate
    }
}
