// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WebhookFCGI

@Suite struct ExplanationTests {
    /// Everything that an explanation can hold, with what JSON has to escape.
    private let text = #"""
        {"authentication":"genuine","event":"PUSH \"\\\n\u0000\u2028é","omitted":3,"provider":"harbor",
         "pushes":[{"qualifiers":"tag \"1\"","repository":"r/a","urls":{"image":"r/a","chart":"r/b"}},
                   {"qualifiers":"q","repository":"","urls":{}}],
         "receiver":"p/n","reply":"{\"msg\":\"x\"}","status":202,
         "subscriptions":[{"kind":"image","refusal":"no","selector":"SemVer","url":"r/a","warehouse":"p/w"},
                          {"kind":"git","selector":"","url":"","warehouse":"p/v"}],
         "targets":["p/w","p/v"]}
        """#

    @Test func `Programs read the whole of it`() throws {
        let decoder = JSONDecoder()
        let explanation = try decoder.decode(Explanation.self, from: Data(text.utf8))
        let json = Data(explanation.json().utf8)
        #expect(try decoder.decode(Explanation.self, from: json) == explanation)
    }
}
