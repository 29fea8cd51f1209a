// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

/// How text gets into a page.
@Suite struct HTMLTests {
    private func html(_ build: (inout HTML) -> Void) -> String {
        var html = HTML()
        build(&html)
        return String(decoding: html.bytes, as: UTF8.self)
    }

    @Test func `Text and attributes are escaped`() {
        let text = #"<script>"&'</script>"#
        let escaped = "&lt;script&gt;&quot;&amp;&#39;&lt;/script&gt;"
        #expect(html { $0.element("p", ["title": text], text) } == "<p title=\"\(escaped)\">\(escaped)</p>")
        #expect(html { $0.add(lines: "\(text)\n\(text)") } == "\(escaped)\n\(escaped)")
        #expect(html { $0.open("input", ["value": text]) } == "<input value=\"\(escaped)\">")
    }

    /// An ampersand with an accent is one character, and not the character `&`.
    @Test func `No sign hides behind another`() {
        #expect(
            html { $0.add("<\u{301}script>\u{301}&\u{301}\"\u{301}'\u{301}") }.utf8.contains(
                UInt8(ascii: "<")
            ) == false
        )
        #expect(html { $0.add("&\u{301}").self } == "&amp;\u{301}")
    }

    @Test(arguments: [
        "\u{202E}", "\u{2066}", "\u{200B}", "\u{0}", "\u{1B}", "\u{85}", "\u{2028}", "\r", "\u{FEFF}",
    ])
    func `What turns or hides what is read is shown as such`(_ sign: String) {
        #expect(html { $0.add("a\(sign)b") } == "a\u{FFFD}b")
        #expect(html { $0.add(lines: "a\(sign)b\nc") } == "a\u{FFFD}b\nc")
        #expect(html { $0.element("p", ["title": sign], "") } == "<p title=\"\u{FFFD}\"></p>")
    }

    @Test func `A line's end before an accent is a line's end`() {
        #expect(html { $0.add(lines: "a\n\u{301}b") }.utf8.filter { $0 == 0x0A }.count == 1)
    }
}
