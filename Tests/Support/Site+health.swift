// SPDX-License-Identifier: Apache-2.0

extension Site {
    /// What the responder says of itself to whom the web server lets ask.
    package func health() throws -> HTTPReply { try status("/readyz") }

    /// A page of the status location, as the web server passes it on for somebody at `address`.
    package func status(
        _ path: String,
        from address: String = "127.0.0.1",
        method: String = "GET",
        over connection: FastCGIConnection? = nil
    ) throws -> HTTPReply {
        let request = FastCGIRequest(parameters: [
            "REQUEST_METHOD": method, "SCRIPT_NAME": path, "WEBHOOK_FCGI_STATUS": "on",
            "REMOTE_ADDR": address,
        ])
        guard let answer = try (connection ?? responder.connect()).exchange(request) else {
            throw Failure("no reply")
        }
        return answer.reply
    }
}
