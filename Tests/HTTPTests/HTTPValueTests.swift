// SPDX-License-Identifier: Apache-2.0

import HTTP
import POSIX
import TestSupport
import Testing

@Suite struct HTTPValueTests {
    @Test(arguments: [
        ("https://harbor.example.com", "https://harbor.example.com/"),
        ("HTTPS://harbor.example.com:8443/registry/", "https://harbor.example.com:8443/registry"),
        ("http://[::1]:8080/a%2Fb", "http://[::1]:8080/a%2Fb"),
    ])
    func `A URL has a scheme, a host and maybe a path`(_ text: String, _ expected: String) throws {
        #expect(try HTTPURL(text).description == expected)
    }

    @Test(arguments: [
        "", "harbor.example.com", "/path", "ftp://harbor.example.com", "https://",
        "https://user:secret@harbor",
        "https://harbor/?token=secret", "https://harbor/#secret", "https://har bor/",
    ])
    func `What is more or less than that is refused, and not quoted`(_ text: String) throws {
        let error = try #require(throws: HTTPError.self) { try HTTPURL(text) }
        #expect(error.code == .configuration && !error.description.contains("secret"))
    }

    @Test func `A segment is encoded once, also one that is encoded already`() throws {
        let url = try HTTPURL("https://h/base").appending(
            ["a/b", "a%2Fb", "ü", "..?#"],
            query: [("a=", "b c")]
        )
        #expect(url.description == "https://h/base/a%2Fb/a%252Fb/%C3%BC/..%3F%23")
        #expect(try HTTPURL("https://h").appending(["x"]).description == "https://h/x")
    }

    /// 2026-01-01T00:00:00Z.
    private static let now = Timestamp(microseconds: 1_767_225_600_000_000)

    @Test(arguments: [
        (429, ["Retry-After": "7"], Duration.seconds(7)), (503, ["retry-after": "0"], .zero),
        (200, ["Retry-After": "7"], .seconds(7)),
        (503, ["Retry-After": "Thu, 01 Jan 2026 00:01:30 GMT"], .seconds(90)),
        (503, ["Retry-After": "Wed, 31 Dec 2025 23:00:00 GMT"], .zero),
        (503, ["Retry-After": "Fri, 01 Jan 2027 00:00:00 GMT"], .seconds(3600)),
        (429, ["Retry-After": "99999999999999999999999"], .seconds(3600)),
        (429, ["x-ratelimit-reset": "12"], .seconds(12)),
        (429, ["X-RateLimit-Reset": "1767225642"], .seconds(42)),
        (429, ["X-RateLimit-Reset": "1767225000"], .zero),
        (429, ["Retry-After": "3", "x-ratelimit-reset": "12"], .seconds(3)),
        // With every answer, and of no meaning where nothing was refused.
        (200, ["x-ratelimit-reset": "12"], nil), (429, [:], nil), (429, ["Retry-After": ""], nil),
        (429, ["Retry-After": "-1"], nil), (429, ["Retry-After": "soon"], nil),
        (429, ["Retry-After": "1.5"], nil), (429, ["Retry-After": "Thu, 01 Foo 2026 00:01:30 GMT"], nil),
        (429, ["Retry-After": "Thu, 32 Jan 2026 00:01:30 GMT"], nil),
        (429, ["Retry-After": "Thu, 01 Jan 2026 00:01:30 CET"], nil),
        (429, ["x-ratelimit-reset": "soon"], nil),
    ])
    func `How long to wait is read from what servers say`(
        _ status: Int,
        _ headers: [String: String],
        _ wait: Duration?
    ) {
        let answer = HTTPAnswer(status: status, headers: headers.map { ($0.key, $0.value) })
        #expect(answer.retryAfter(at: Self.now) == wait)
    }
}
