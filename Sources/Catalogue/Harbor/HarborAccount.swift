// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
package import Handlers

/// Who reads from Harbor: a robot account, or a user.
package struct HarborAccount: Sendable {
    private let username: String
    private let password: Secret

    package init(username: String, password: Secret) {
        self.username = username
        self.password = password
    }

    /// The header that carries it (RFC 7617).
    var authorization: String {
        "Basic " + Data(Array("\(username):".utf8) + password.bytes).base64EncodedString()
    }
}
