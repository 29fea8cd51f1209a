// SPDX-License-Identifier: Apache-2.0

import Foundation
import Handlers
import TestSupport
import Testing

/// What no sender would send.
@Suite struct FuzzTests {
    @Test(.timeLimit(.minutes(10)), arguments: Provider.allCases)
    func `The property holds of mutations of the fixtures`(_ provider: Provider) throws {
        var mutator = Mutator(seed: 1, tokens: Self.tokens)
        let folder = try #require(Bundle.module.resourceURL).appendingPathComponent(
            "Fixtures/\(provider == .catalogue ? "harbor" : provider.rawValue)"
        )
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        let examples = try names.flatMap { name in
            let body = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
            return Self.heads.map { Array($0.utf8) + body }
        }
        for example in examples { #expect(DeliveryProperty.violation(example, of: provider) == nil) }
        for _ in 0..<1000 {
            let input = mutator.mutation(of: examples)
            if let violation = DeliveryProperty.violation(input, of: provider) {
                Issue.record("\(violation) in \(String(decoding: input, as: UTF8.self).debugDescription)")
            }
        }
    }

    @Test(arguments: Provider.allCases)
    func `The property holds of the corpus`(_ provider: Provider) throws {
        let inputs = try Checkout.corpus(provider.rawValue)
        #expect(!inputs.isEmpty)
        for input in inputs { #expect(DeliveryProperty.violation(input, of: provider) == nil) }
    }

    private static let heads = [
        "Authorization: s3cr3t\n\n", "Authorization: Harbor-Secret s3cr3t\n\n",
        "authorization: s3cr3\nX: y\n\n",
        "\n\n",
    ]

    private static let tokens = [
        "Authorization: s3cr3t\n", "authorization:\n", "s3cr3t", "\n\n", "{", "}", "[", "]", ":", ",", "\"",
        "\\",
        "null", "true", "1e999", "\"\"", "{}", "[]", "\\u0000", "\\ud800", "\\u202e", "\u{202E}", "\u{301}",
        "\0",
        "\u{FEFF}", "sha256:", "refs/heads/", "0000000000000000000000000000000000000000", ".tgz", "\"type\":",
        "\"specversion\":\"1.0\",", "\"data\":{},", "\"event_data\":{},", "\"resources\":[],",
        "\"resource_url\":\"\",", "\"action\":\"push\",", "\"target\":{},", "\"request\":{},",
        "\"eventType\":\"git.push\",", "\"refUpdates\":[],", "\"repo_name\":\"\",", "\"media_type\":null,",
    ]
}
