// SPDX-License-Identifier: Apache-2.0

import FastCGI

/// How the service is, for probes and for people.
struct Health: Equatable {
    /// Whether a delivery would be taken.
    let isReady: Bool

    /// What is wrong, even when deliveries are taken all the same.
    let problems: [String]
}

extension Health {
    /// The reply to a probe: 200, or 503 when nothing should be sent here.
    var reply: Reply {
        var body = JSONText(capacity: 128)
        body.append(#"{"status":"\#(isReady ? "ready" : "not ready")","problems":["#)
        for (index, problem) in problems.enumerated() {
            if index > 0 { body.append(",") }
            body.append(quoted: problem)
        }
        body.append("]}\n")
        let type = Reply.Header("Content-Type", "application/json")
        return Reply(status: isReady ? 200 : 503, headers: [type], body: body.bytes)
    }
}

extension Request {
    /// Whether it asks for the health: the web server says so, for a location to which not everybody gets.
    ///
    /// No header of a client's can: those begin with `HTTP_`.
    var isProbe: Bool { parameters["WEBHOOK_FCGI_STATUS"] == "on" }
}
