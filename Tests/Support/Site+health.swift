// SPDX-License-Identifier: Apache-2.0

extension Site {
    /// What the responder says of itself to whom the web server lets ask.
    package func health() throws -> HTTPReply {
        let probe = FastCGIRequest(parameters: [
            "REQUEST_METHOD": "GET", "SCRIPT_NAME": "/readyz", "WEBHOOK_FCGI_STATUS": "on",
        ])
        let answer = try responder.connect().exchange(probe)
        guard let answer else { throw Failure("no reply to a probe") }
        return answer.reply
    }
}
