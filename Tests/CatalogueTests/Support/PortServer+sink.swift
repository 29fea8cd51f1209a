// SPDX-License-Identifier: Apache-2.0

import Catalogue
import HTTP
import Handlers
import TestSupport

extension PortServer {
    /// A sink that sees the server's time.
    func sink(secret: String = clientSecret, transport: HTTPTransport = HTTPTransport()) throws -> PortSink {
        let credentials = PortCredentials(
            clientID: try secretOf(Self.clientID),
            clientSecret: try secretOf(secret)
        )
        return PortSink(url: try HTTPURL(url), credentials: credentials, transport: transport) {
            [self] in with { $0.now }
        }
    }

    private func secretOf(_ text: String) throws -> Secret {
        guard let secret = Secret(Array(text.utf8)) else { throw Failure("an empty secret") }
        return secret
    }
}
