// SPDX-License-Identifier: Apache-2.0

import FastCGI
import Testing

@testable import WebhookFCGI

/// Where a browser says that a form comes from.
@Suite struct RequestOriginTests {
    private func isFromOwnPage(_ headers: [(name: String, value: String)]) -> Bool {
        let host = (name: "HTTP_HOST", value: "status.example.com:8443")
        return Request(parameters: Parameters([host] + headers), body: .complete([])).isFromOwnPage
    }

    @Test func `Our own pages are believed, and those who say nothing have a token all the same`() {
        #expect(isFromOwnPage([]))
        #expect(isFromOwnPage([("HTTP_SEC_FETCH_SITE", "same-origin"), ("HTTP_ORIGIN", "null")]))
        #expect(isFromOwnPage([("HTTP_ORIGIN", "null")]))
        #expect(isFromOwnPage([("HTTP_ORIGIN", "https://status.example.com:8443")]))
        #expect(isFromOwnPage([("HTTP_ORIGIN", "http://Status.example.com:8443")]))
    }

    @Test(arguments: ["cross-site", "same-site", "none", "", "same-origin, cross-site"])
    func `Another site's are not`(_ site: String) {
        #expect(!isFromOwnPage([("HTTP_SEC_FETCH_SITE", site)]))
        #expect(!isFromOwnPage([("HTTP_SEC_FETCH_SITE", "same-origin"), ("HTTP_SEC_FETCH_SITE", site)]))
    }

    @Test(arguments: [
        "https://evil.example.com", "https://status.example.com", "https://status.example.com:8443.evil.com",
        "",
        "ftp://status.example.com:8443", "status.example.com:8443", "https://x@status.example.com:8443",
    ])
    func `Nor is another origin`(_ origin: String) {
        #expect(!isFromOwnPage([("HTTP_ORIGIN", origin)]))
    }
}
