// SPDX-License-Identifier: Apache-2.0

import Config
import FastCGI
import Sinks
import Subscriptions

extension Decision {
    /// The reply once the sink has done what it could.
    ///
    /// `failures` are the targets it could not refresh.
    ///
    /// Harbor shows the text to every member of the project that reads the webhook's log: nothing in it is
    /// about other projects, paths or secrets.
    func reply(_ failures: [Target: SinkError]) -> Reply {
        let failed = targets.contains { failures[$0] != nil }
        return switch answer {
        case .refreshed where failed:
            error(
                503,
                "the refresh could not be stored, try again later",
                headers: [Reply.Header("Retry-After", "10")]
            )
        case .refreshed: success("refreshed \(targets.count) warehouse(s)", reason: reason)
        case .acknowledged(let message): success(message)
        case .refused(405, let message): error(405, message, headers: [Reply.Header("Allow", "POST")])
        case .refused(let status, let message): error(status, message)
        }
    }

    private func success(_ message: String, reason: String? = nil) -> Reply {
        let reason = reason.map { #","reason":\#($0.quoted)"# } ?? ""
        return Reply(
            status: 200,
            headers: [.json],
            body: Array(#"{"msg":\#(message.quoted)\#(reason)}"#.utf8)
        )
    }

    /// An error shows in nginx's error log too, where people look first.
    private func error(_ status: Int, _ message: String, headers: [Reply.Header] = []) -> Reply {
        let name = receiver?.description ?? "no receiver"
        return Reply(
            status: status,
            headers: [.json] + headers,
            body: Array(#"{"error":\#(message.quoted)}"#.utf8),
            errorLogLine: "webhook-fcgi: delivery \(id) for \(name): \(status) \(message)"
        )
    }
}

extension Reply.Header {
    fileprivate static let json = Reply.Header("Content-Type", "application/json")
}
