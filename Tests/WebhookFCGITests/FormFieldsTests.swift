// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct FormFieldsTests {
    @Test(arguments: [
        ("a=b", "b"), ("a=b+c%20d", "b c d"), ("a=%C3%A4%2f", "ä/"), ("a=b=c", "b=c"), ("x=1&a=b&a=c", "b"),
        ("a=&a=c", "c"), ("a=%", "%"), ("a=%4", "%4"), ("a=%zz", "%zz"), ("a=%+4", "% 4"),
        ("a=%FF", "\u{FFFD}"),
        ("%61=b", "b"), ("&&a=b&", "b"),
    ])
    func `A field is what was written into it`(_ text: String, _ value: String) {
        #expect(FormFields(text.utf8)["a"] == value)
    }

    @Test(arguments: ["", "a", "a=", "b=c", "A=b", "a%3Db", "a;=b"])
    func `What was not filled in is not there`(_ text: String) {
        #expect(FormFields(text.utf8)["a"] == nil)
    }

    @Test(arguments: ["a/b", "ä & =\"<%+?#", "\u{0}\n", ""])
    func `What is encoded reads as it was`(_ text: String) {
        let encoded = FormFields.encoded(text)
        let isPlain = encoded.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F && !"&=+\"<>#?/".utf8.contains($0) }
        #expect(isPlain)
        #expect(FormFields("x=\(encoded)".utf8)["x"] ?? "" == text)
    }
}
