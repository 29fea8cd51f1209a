// SPDX-License-Identifier: Apache-2.0

import FastCGI
import Testing

@testable import WebhookFCGI

/// What the delivery log keeps of a request's headers.
@Suite struct KeptHeadersTests {
    private func headers(_ variables: [(String, String)], limit: Int = 8192) -> String {
        Parameters(variables.map { (name: $0.0, value: $0.1) }).headers(
            limit: limit,
            omitting: mayBeSecret(headerNamed:)
        )
    }

    @Test func `They are as the sender sent them, in their order`() {
        let text = headers([
            ("REQUEST_METHOD", "POST"), ("HTTP_USER_AGENT", "Harbor/2.16: x"),
            ("CONTENT_TYPE", "application/json"),
            ("SCRIPT_NAME", "/secret/path"), ("HTTP_HOST", "example.com"),
            ("HTTP_CONTENT_TYPE", "application/json"),
            ("HTTP_X_EMPTY", ""),
        ])
        #expect(
            text
                == "user-agent: Harbor/2.16: x\ncontent-type: application/json\nhost: example.com\nx-empty: \n"
        )
    }

    @Test(arguments: [
        "AUTHORIZATION", "PROXY_AUTHORIZATION", "COOKIE", "X_API_KEY", "X_GITLAB_TOKEN", "X_AUTH", "X_SECRET",
        "X_HUB_SIGNATURE_256", "X_PASSWORD", "X_SESSION_ID", "X_JWT_ASSERTION", "X_CREDENTIALS", "APIKEY",
        // Where the URL authenticates, these hold it.
        "X_ORIGINAL_URI", "X_REWRITE_URL", "X_FORWARDED_PATH", "REFERER",
    ])
    func `What may be secret is left out`(_ name: String) {
        #expect(headers([("HTTP_\(name)", "zanzibar"), ("HTTP_HOST", "h")]) == "host: h\n")
    }

    @Test(arguments: [
        "ACCEPT", "X_REQUEST_ID", "X_FORWARDED_FOR", "USER_AGENT", "CONTENT_LENGTH", "X_EVENT_TYPE",
        "TRACEPARENT",
    ])
    func `What tells something is kept`(_ name: String) {
        #expect(headers([("HTTP_\(name)", "1")]).hasSuffix(": 1\n"))
    }

    @Test func `None can pass for two`() {
        #expect(headers([("HTTP_A", "1\nb: 2"), ("HTTP_C", "3")]) == "c: 3\n")
    }

    @Test func `They are bounded, and what fits is whole`() {
        let long = String(repeating: "x", count: 100)
        let text = headers([("HTTP_A", "1"), ("HTTP_B", long), ("HTTP_C", "2")], limit: 50)
        #expect(text == "a: 1\nc: 2\n")
        let many = (0..<1000).map { ("HTTP_N\($0)", "value") }
        #expect((8000...8192).contains(headers(many).utf8.count))
    }
}
