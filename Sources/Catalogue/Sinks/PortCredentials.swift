// SPDX-License-Identifier: Apache-2.0

package import Handlers

/// Who we are for Port.
package struct PortCredentials: Sendable {
    let clientID: Secret
    let clientSecret: Secret

    package init(clientID: Secret, clientSecret: Secret) {
        self.clientID = clientID
        self.clientSecret = clientSecret
    }

    /// The body that a token is asked for with.
    var body: [UInt8] {
        let members = [("clientId", clientID), ("clientSecret", clientSecret)].map { name, secret in
            "\"\(name)\":\(JSONText(quoting: String(decoding: secret.bytes, as: UTF8.self)))"
        }
        return Array("{\(members.joined(separator: ","))}".utf8)
    }
}
