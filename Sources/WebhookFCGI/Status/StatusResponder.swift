// SPDX-License-Identifier: Apache-2.0

import Dispatch
import FastCGI

/// Answers what is asked of the status location.
///
/// Deliveries must not wait for it: what takes longer than a look at memory happens on another thread.
struct StatusResponder {
    let service: Service

    /// Whoever asks much waits for themselves.
    private static let queue = DispatchQueue(label: "webhook-fcgi.status")

    /// A probe has given up by then.
    private static let timeout = Duration.seconds(5)

    func respond(to request: Request, at route: StatusRoute) -> Response {
        let hasBody = !request.isHead
        switch route {
        case .page(.liveness, _):
            return .now(
                Reply(
                    status: 200,
                    headers: Reply.statusHeaders(.json),
                    body: Array(#"{"status":"ok"}"#.utf8) + Array("\n".utf8)
                ).with(body: hasBody)
            )
        case .page(.readiness, let isTrusted):
            return later(hasBody, or: Health.unknown.reply(withDetails: isTrusted)) {
                service.health().reply(withDetails: isTrusted)
            }
        case .page(.metrics, _):
            let fallback = Reply.statusError(503, "it takes too long now, try again")
            return later(hasBody, or: fallback) { service.metricsReply() }
        case .forbidden:
            let advice =
                "not for everybody: have nginx ask for a password and set REMOTE_USER, or ask from its own machine"
            return .now(Reply.statusError(403, advice).with(body: hasBody))
        case .notFound: return .now(Reply.statusError(404, "not found").with(body: hasBody))
        case .methodNotAllowed:
            let allowed = Reply.Header("Allow", "GET, HEAD")
            return .now(Reply.statusError(405, "method not allowed", headers: [allowed]))
        }
    }

    private func later(
        _ hasBody: Bool,
        or fallback: Reply,
        _ reply: @escaping @Sendable () -> Reply
    ) -> Response {
        .later(timeout: Self.timeout, fallback: { fallback.with(body: hasBody) }) { completion in
            Self.queue.async {
                let reply = reply().with(body: hasBody)
                completion { reply }
            }
        }
    }
}

extension Reply {
    fileprivate func with(body hasBody: Bool) -> Reply {
        var reply = self
        reply.hasBody = hasBody
        return reply
    }
}
