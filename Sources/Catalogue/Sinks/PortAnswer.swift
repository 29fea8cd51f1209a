// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials
internal import HTTP

/// What Port says in the body of an answer, as far as it can be read.
struct PortAnswer: Sendable {
    /// Nil where the body is not Port's JSON.
    private let body: Body?

    init(_ answer: HTTPAnswer) { body = try? JSONDecoder().decode(Body.self, from: Data(answer.body)) }

    /// What it is about, such as `not_found`; nil where something in between wrote the answer.
    var error: String? { body?.error }

    /// What did not work though the rest did; nil where that cannot be read.
    var errors: [PartialError]? { body.map { $0.errors ?? [] } }

    /// For an operator: on one line, and not endless.
    ///
    /// Nothing where it says nothing.
    var words: String { Self.words(body?.message ?? body?.error) }

    private static func words(_ text: String?) -> String {
        guard let text, !text.isEmpty else { return "" }
        let scalars = text.unicodeScalars.prefix(300).map { scalar -> Character in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        return ": \(String(scalars))"
    }

    /// What is wrong with one of many (207).
    struct PartialError: Decodable, Sendable {
        let identifier: String?
        let index: Int?
        let statusCode: Int?
        let message: String?

        var words: String { PortAnswer.words(message) }
    }

    private struct Body: Decodable {
        let error: String?
        let message: String?
        let errors: [PartialError]?
    }
}
