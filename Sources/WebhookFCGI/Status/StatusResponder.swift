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

    /// It needs nothing but memory, and is wanted most when the outbox does not answer.
    private static let metricsQueue = DispatchQueue(label: "webhook-fcgi.metrics")

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
            return later(hasBody, or: fallback, on: Self.metricsQueue) { service.metricsReply() }
        case .page(.stylesheet, _):
            return .now(
                Reply.pagePart(StatusStyle.sheet, type: "text/css; charset=utf-8").with(body: hasBody)
            )
        case .page(.icon, _):
            return .now(Reply.pagePart(StatusStyle.icon, type: "image/svg+xml").with(body: hasBody))
        case .page(let page, _): return made(page, request)
        case .forbidden:
            let advice =
                "not for everybody: have nginx ask for a password and set REMOTE_USER, or ask from its own machine, "
                + "which has to be called localhost or by its address"
            return .now(Reply.statusError(403, advice).with(body: hasBody))
        case .notFound: return .now(Reply.statusError(404, "not found").with(body: hasBody))
        case .methodNotAllowed(let page):
            let allowed = Reply.Header("Allow", page.methods)
            return .now(Reply.statusError(405, "method not allowed", headers: [allowed]).with(body: hasBody))
        }
    }

    /// A page for people, for which the outbox has to be asked.
    private func made(_ page: StatusPage, _ request: Request) -> Response {
        let (service, hasBody) = (service, !request.isHead)
        let context = PageContext(request)
        // Not made before it is needed: this is the thread of the deliveries.
        let busy: @Sendable () -> Reply = {
            Reply.page(
                .message(
                    "Busy",
                    "Other pages are being made, or the disk is slow: try again in a moment.",
                    context
                ),
                status: 503,
                headers: [Reply.Header("Retry-After", "2")]
            ).with(body: hasBody)
        }
        guard service.pages.enter() else { return .now(busy()) }
        return .later(timeout: Self.timeout, fallback: busy) { completion in
            service.pages.run {
                let reply = StatusPages(service: service, context: context).reply(to: page, request)
                completion { reply.with(body: hasBody) }
            }
        }
    }

    private func later(
        _ hasBody: Bool,
        or fallback: Reply,
        on queue: DispatchQueue = Self.queue,
        _ reply: @escaping @Sendable () -> Reply
    ) -> Response {
        .later(timeout: Self.timeout, fallback: { fallback.with(body: hasBody) }) { completion in
            queue.async {
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
