// SPDX-License-Identifier: Apache-2.0

import FastCGI

extension Reply {
    /// A page for people.
    static func page(_ html: HTML, status: Int = 200, headers: [Header] = []) -> Reply {
        Reply(
            status: status,
            headers: [Header("Content-Type", "text/html; charset=utf-8")] + pageHeaders + headers,
            body: html.bytes
        )
    }

    /// What a page needs besides, from memory.
    static func pagePart(_ text: String, type: String) -> Reply {
        Reply(status: 200, headers: [Header("Content-Type", type)] + pageHeaders, body: Array(text.utf8))
    }

    /// After something was done: back to what shows it (RFC 9110 §15.4.4).
    static func seeOther(_ address: String) -> Reply {
        Reply(status: 303, headers: [Header("Location", address)] + pageHeaders, body: [])
    }

    /// A page can load the style sheet and the icon, send its forms to where it came from, and nothing else: whatever got
    /// into it, no script runs, and nobody learns that it was looked at.
    private static let pageHeaders = [
        Header(
            "Content-Security-Policy",
            "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none'; "
                + "frame-ancestors 'none'"
        ),
        Header("Referrer-Policy", "no-referrer"), Header("X-Content-Type-Options", "nosniff"),
        Header("Cache-Control", "no-store"),
    ]
}
