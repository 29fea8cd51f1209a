// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Handlers
import POSIX
import Sinks
import Subscriptions

/// What becomes of one request, before anything is done about it.
struct Decision {
    let id: DeliveryID

    /// Nil for a path where nobody receives.
    var receiver: Receiver?

    /// The sender's word for what happened, where it could be read; untrusted.
    var event: String?

    /// As the sender wrote them; untrusted.
    var repositories: [String] = []

    /// Whom to refresh.
    var targets: [Target] = []

    var answer: Answer

    enum Answer {
        /// 200, once every target is refreshed.
        case refreshed
        /// 200 at once.
        case acknowledged(String)
        /// An error.
        case refused(status: Int, String)
    }
}

extension Decision {
    /// Decides `request` by one consistent `snapshot`.
    init(_ request: Request, _ snapshot: Snapshot, bodyLimit: Int, at time: Timestamp) {
        id = DeliveryID(time: time)
        answer = .refused(status: 404, "not found")
        let path = (request.parameters["SCRIPT_NAME"] ?? "") + (request.parameters["PATH_INFO"] ?? "")
        guard let receiver = snapshot.receiver(at: path) else { return }
        self.receiver = receiver
        guard request.parameters["REQUEST_METHOD"] == "POST" else {
            answer = .refused(status: 405, "method not allowed")
            return
        }
        switch request.body {
        case .tooLarge:
            answer = .refused(status: 413, "content exceeds limit of \(bodyLimit) bytes")
        case .mismatched(let announced, let received):
            answer = .refused(
                status: 400,
                "invalid request body: \(received) bytes came, Content-Length says \(announced.prefix(20))"
            )
        case .complete(let body):
            let delivery = Delivery(headers: Headers(request.parameters), body: body)
            apply(
                receiver.provider.handler.verdict(on: delivery, secret: receiver.secret),
                snapshot,
                receiver
            )
        }
    }

    private mutating func apply(_ verdict: Verdict, _ snapshot: Snapshot, _ receiver: Receiver) {
        switch verdict {
        case .refresh(let event):
            self.event = event.name
            repositories = event.pushes.map(\.repository)
            targets = snapshot.subscriptions.targets(of: event, in: receiver.scope)
            answer = .refreshed
        case .acknowledge(let event, let message):
            self.event = event
            answer = .acknowledged(message)
        case .reject(let rejection):
            answer = .refused(status: rejection.status, rejection.message)
        }
    }
}

extension Headers {
    /// The header fields among CGI's meta-variables (RFC 3875 §4.1.18).
    init(_ parameters: Parameters) {
        self = [:]
        parameters.forEach(withPrefix: "HTTP_") { name, value in
            append(value, to: String(name.map { $0 == "_" ? "-" : $0 }))
        }
        if let contentType = parameters["CONTENT_TYPE"] { append(contentType, to: "content-type") }
    }
}
