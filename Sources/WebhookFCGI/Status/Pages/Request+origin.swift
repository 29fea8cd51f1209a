// SPDX-License-Identifier: Apache-2.0

import FastCGI

extension Request {
    /// Whether nothing says that a page of another site has sent this.
    ///
    /// Browsers send `Sec-Fetch-Site` where the connection is private, and `Origin` in any case: `null` from our pages, which
    /// tell nobody where they were (Fetch §3.2), so that the token has to decide.
    var isFromOwnPage: Bool {
        let sites = parameters.values(ofHeader: "sec-fetch-site")
        guard sites.allSatisfy({ $0 == "same-origin" }) else { return false }
        return parameters.values(ofHeader: "origin").allSatisfy { origin in
            guard origin != "null" else { return true }
            let hosts = parameters.values(ofHeader: "host").map { $0.lowercased() }
            return ["http://", "https://"].contains { scheme in
                origin.hasPrefix(scheme) && hosts == [origin.dropFirst(scheme.count).lowercased()]
            }
        }
    }
}
