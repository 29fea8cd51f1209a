// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

extension APIServer {
    /// What the kubelet asks for and mounts.
    nonisolated func token(ofServiceAccount name: String, in namespace: String) async throws -> String {
        let path = "/api/v1/namespaces/\(namespace)/serviceaccounts/\(name)/token"
        let reply = try await send("POST", path, #"{"spec":{}}"#)
        guard reply.status == 201 else { throw Failure("no token: \(reply.body)") }
        return try JSONDecoder().decode(TokenRequest.self, from: Data(reply.body.utf8)).status.token
    }
}

private struct TokenRequest: Decodable {
    let status: Status

    struct Status: Decodable { let token: String }
}
