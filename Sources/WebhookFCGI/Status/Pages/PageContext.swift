// SPDX-License-Identifier: Apache-2.0

import FastCGI
import POSIX

/// What a page knows of the request that asks for it.
struct PageContext {
    /// The path of the status location, to which every link is relative.
    let root: String

    /// Whom the web server has asked for a password; empty for this machine.
    let user: String
    let now: Timestamp

    init(_ request: Request) {
        root = request.parameters["WEBHOOK_FCGI_STATUS_ROOT"] ?? ""
        user = request.parameters["REMOTE_USER"] ?? ""
        now = .now()
    }

    func address(of page: StatusPage) -> String { root + page.path }
}
