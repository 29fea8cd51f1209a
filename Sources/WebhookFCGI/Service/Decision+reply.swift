// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI

extension Decision {
    /// What has been done about a decision by the time of the reply.
    enum Progress {
        /// There was nothing to do.
        case nothing
        /// The refreshes have happened.
        case refreshed
        /// The refreshes are durable, and will happen.
        case accepted
        /// All of it was done before, for the delivery with this id.
        case repetition(of: String)
        /// It could not be made durable.
        case failed
    }

    /// What has been done by then where everything goes well.
    ///
    /// A pull is looked at later, and a catalogue that cannot be used is told of nothing until it can.
    var expected: Progress {
        guard let update else { return .nothing }
        return update.isLater || receiver?.obstacle != nil ? .accepted : .nothing
    }

    /// The reply, which Harbor shows to every member of the project that reads the webhook's log.
    ///
    /// Nothing in it is about other projects, paths or secrets.
    func reply(_ progress: Progress) -> Reply {
        switch (answer, progress) {
        case (_, .failed):
            error(503, "the delivery could not be stored, try again later", headers: [.retryAfter])
        case (_, .repetition(let id)): success("duplicate of delivery \(id)")
        case (.refreshed, .accepted):
            success("accepted refresh of \(targets.count) warehouse(s)", status: 202)
        case (.refreshed, .refreshed), (.refreshed, .nothing):
            success("refreshed \(targets.count) warehouse(s)", reason: reason)
        case (.updated, .accepted):
            success("accepted update of \(targets.count) catalogue object(s)", status: 202)
        case (.updated, .refreshed), (.updated, .nothing):
            success("updated \(targets.count) catalogue object(s)")
        case (.acknowledged(let message), _): success(message)
        case (.refused(405, let message), _): error(405, message, headers: [Reply.Header("Allow", "POST")])
        case (.refused(503, let message), _): error(503, message, headers: [.retryAfter])
        case (.refused(let status, let message), _): error(status, message)
        case (.limited(let time), _): error(429, Self.tooMany, headers: [.retryAfter(time)])
        }
    }

    static let tooMany = "too many deliveries to this receiver, try again later"

    private func success(_ message: String, status: Int = 200, reason: String? = nil) -> Reply {
        var body = JSONText(capacity: 128)
        body.append(#"{"msg":"#)
        body.append(quoted: message)
        if let reason {
            body.append(#","reason":"#)
            body.append(quoted: reason)
        }
        body.append("}")
        return Reply(status: status, headers: [.json], body: body.bytes)
    }

    /// An error shows in nginx's error log too, where people look first.
    private func error(_ status: Int, _ message: String, headers: [Reply.Header] = []) -> Reply {
        let name = receiver?.description ?? "no receiver"
        var body = JSONText(capacity: 128)
        body.append(#"{"error":"#)
        body.append(quoted: message)
        body.append("}")
        return Reply(
            status: status,
            headers: [.json] + headers,
            body: body.bytes,
            errorLogLine: "webhook-fcgi: delivery \(id) for \(name): \(status) \(message)"
        )
    }
}

extension Reply.Header {
    fileprivate static let retryAfter = Reply.Header("Retry-After", "10")

    /// In whole seconds, so that it is over by then.
    fileprivate static func retryAfter(_ time: Duration) -> Self {
        let (seconds, attoseconds) = time.components
        return Reply.Header("Retry-After", String(seconds + (attoseconds > 0 ? 1 : 0)))
    }

    fileprivate static let json = Reply.Header("Content-Type", "application/json")
}
