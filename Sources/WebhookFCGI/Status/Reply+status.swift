// SPDX-License-Identifier: Apache-2.0

import FastCGI

extension Reply {
    /// What a page of the status location is written in; the raw value is the media type.
    enum StatusType: String {
        case json = "application/json"
        /// Version 0.0.4 is Prometheus' text format.
        case metrics = "text/plain; version=0.0.4; charset=utf-8"
    }

    /// Every page is true for a moment only.
    static func statusHeaders(_ type: StatusType) -> [Header] {
        [Header("Content-Type", type.rawValue), Header("Cache-Control", "no-store")]
    }

    /// What the status location says where it has no page to show.
    static func statusError(_ status: Int, _ message: String, headers: [Header] = []) -> Reply {
        var body = JSONText(capacity: 256)
        body.append(#"{"error":"#)
        body.append(quoted: message)
        body.append("}\n")
        return Reply(status: status, headers: statusHeaders(.json) + headers, body: body.bytes)
    }
}
