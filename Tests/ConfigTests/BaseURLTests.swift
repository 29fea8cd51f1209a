// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Config

@Suite struct BaseURLTests {
    @Test(
        "A base URL has an origin and a path without a slash at its end",
        arguments: [
            ("https://hooks.example.com/webhooks", "https://hooks.example.com", "/webhooks"),
            ("https://hooks.example.com/webhooks/", "https://hooks.example.com", "/webhooks"),
            ("https://hooks.example.com//a//b/", "https://hooks.example.com", "/a/b"),
            ("HTTP://Hooks.Example.com:8080", "http://hooks.example.com:8080", "/"),
            ("http://127.0.0.1:8080/", "http://127.0.0.1:8080", "/"),
            ("http://[::1]:8080/x", "http://[::1]:8080", "/x"),
        ]
    )
    func sound(text: String, origin: String, path: String) throws {
        let url = try BaseURL(text)
        #expect(url.origin == origin)
        #expect(url.path == path)
    }

    @Test(
        "What is no absolute http or https URL without user-info, query and fragment is refused",
        arguments: [
            "", "hooks.example.com", "/webhooks", "ftp://a", "https://", "https:///a", "https://u:p@a/",
            "https://a/?b", "https://a/#b", "https://a?b", "https://a:0", "https://a:99999", "https://a:",
            "https://a b/", "https://a/b c", "https://a/../b", "https://a/%2e", "https://a/{b}",
            "https://[::1",
            "https://a/;b", "https://a/ä", "https://[::1]x",
        ]
    )
    func unsound(text: String) {
        #expect(throws: InvalidSetting.self) { try BaseURL(text) }
    }

    @Test("A refused URL is not quoted, for it may hold a password")
    func noPassword() {
        let error = #expect(throws: InvalidSetting.self) { try BaseURL("https://joe:s3cr3t@a/") }
        #expect(error?.reason == "must have no user-info: remove what is before the @")
    }
}
