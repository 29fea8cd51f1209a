// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

@testable import FastCGI

@Suite("What no web server would send")
struct FuzzTests {
    @Test("The property holds of mutations of requests", .timeLimit(.minutes(10)))
    func mutations() {
        var request = FastCGIRequest(
            parameters: ["A": "1", "HTTP_A": "2"],
            body: [1, 2, 3],
            keepsConnection: true
        )
        var examples = [[3] + request.encoded + request.encoded]
        request.parameters["CONTENT_LENGTH"] = "3"
        examples.append([200] + request.encoded + request.encoded)
        request.keepsConnection = false
        request.body = Array(repeating: 7, count: 60)
        examples.append([0] + request.encoded)
        var mutator = Mutator(
            seed: 1,
            tokens: ["\u{1}", "\u{4}", "\u{5}", "\0\0", "\0\0\0\0\0\0\0\0", "\u{7F}"]
        )
        for _ in 0..<20_000 {
            let input = mutator.mutation(of: examples)
            if let violation = RequestProperty.violation(input) { Issue.record("\(violation)") }
        }
    }

    @Test("The property holds of the corpus")
    func corpus() throws {
        let inputs = try Checkout.corpus("request")
        #expect(!inputs.isEmpty)
        for input in inputs { #expect(RequestProperty.violation(input) == nil) }
    }
}
