// SPDX-License-Identifier: Apache-2.0

import TestSupport
import Testing

/// Manifests as nobody would write them.
@Suite(.threadsOfTheirOwn) struct FuzzTests {
    @Test(.timeLimit(.minutes(10)))
    func `The property holds of the corpus, and of mutations of it`() throws {
        let examples = try Checkout.corpus("manifests")
        #expect(!examples.isEmpty)
        for example in examples { #expect(manifestsViolation(example) == nil) }
        var mutator = Mutator(seed: 1, tokens: Self.tokens)
        for _ in 0..<4000 {
            let input = mutator.mutation(of: examples)
            if let violation = manifestsViolation(input) {
                Issue.record("\(violation) in \(String(decoding: input, as: UTF8.self).debugDescription)")
            }
        }
    }

    /// What means something to YAML, or to those who read it.
    private static let tokens = [
        "\n", "\n---\n", "\n...\n", "- ", "? ", ": ", ":", ", ", "#", "&a ", "*a", "<<: *a\n", "|\n", ">-\n",
        "\"", "'",
        "!!str ", "!!binary ", "!x ", "%YAML 1.1\n", "{", "}", "[", "]", "  ", "\t", "\0", "\r", "\u{85}",
        "\u{2028}",
        "\u{FEFF}", "\u{301}", "null", "~", "true", "0x7f", "1e999", "-.inf", "2001-01-01",
        "kind: Warehouse\n",
        "kind: List\nitems:\n", "kind: CatalogueReceiver\n", "apiVersion: v1\n", "metadata:\n", "  name: a\n",
        "  namespace: b\n", "spec:\n", "data:\n", "stringData:\n", "subscriptions:\n", "repoURL: x\n",
    ]
}
