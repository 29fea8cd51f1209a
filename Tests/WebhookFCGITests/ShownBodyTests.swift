// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

/// A body on a page.
@Suite struct ShownBodyTests {
    @Test(arguments: [
        (#"{"u":"https://user:pass@example.com/a"}"#, #""https://…@example.com/a""#),
        (#"{"u":"user:pass@example.com:a/b"}"#, #""…@example.com:a/b""#),
        (#"{"u":"https:\/\/user:p:a@ss@example.com\/a"}"#, #""https:\/\/…@example.com\/a""#),
        (#"{"u":"see https://:pass@example.com"}"#, #""see https://…@example.com""#),
        (#"{"u":"git@example.com:a/b"}"#, #""git@example.com:a/b""#),
        (#"{"u":"registry.example.com:5000/a/b@sha256:1f"}"#, #""registry.example.com:5000/a/b@sha256:1f""#),
        (#"{"u":"ann@example.com"}"#, #""ann@example.com""#),
    ])
    func `Passwords in it are left out`(_ body: String, _ shown: String) {
        #expect(ShownBody(Array(body.utf8), isWhole: true).text == "{\n  \"u\": \(shown)\n}")
    }

    @Test func `A password that is cut is left out, too`() {
        let url = "https://user:password@example.com"
        for kept in 1...url.utf8.count {
            let padding = String(repeating: " ", count: (64 << 10) - kept)
            let shown = ShownBody(Array((padding + url).utf8), isWhole: true).text
            #expect(!shown.contains("pass") && !shown.contains("user:"), "\(kept) bytes")
            let cut = ShownBody(Array(url.utf8.prefix(kept)), isWhole: false).text
            #expect(!cut.contains("pass") && !cut.contains("user:"), "\(kept) bytes")
        }
    }

    @Test func `It is bounded, whatever it is made of`() {
        for body in ["[", "{\"a\":", "a@", ":@", ",", "\u{301}"] {
            let bytes = [UInt8](String(repeating: body, count: 300_000).utf8)
            let shown = ShownBody(bytes, isWhole: true)
            #expect(!shown.isAll && shown.text.utf8.count <= (256 << 10) + 3, "\(body)")
        }
        #expect(ShownBody(Array("{}".utf8), isWhole: true).isAll)
        #expect(!ShownBody(Array("{}".utf8), isWhole: false).isAll)
    }
}
