// SPDX-License-Identifier: Apache-2.0

import Catalogue
import FoundationEssentials
import Handlers

/// What a catalogue would be told of an object, and why.
struct CatalogueExplanation: Codable, Equatable, Sendable {
    /// Its identifier.
    let object: String
    let kind: String

    /// What Harbor says of it.
    let harbor: Answer

    /// Why more is not known; left out where everything is.
    let failure: String?

    /// The entities, as they would be sent.
    let upserts: [JSONValue]
    let deletes: [Key]

    /// What expressions of the mapping could not make of it.
    let problems: [String]

    enum Answer: String, Codable, Sendable {
        case found
        case notThere = "not there"
        case notAsked = "not asked"
        case noAnswer = "no answer"
    }

    struct Key: Codable, Equatable, Sendable {
        let blueprint: String
        let identifier: String
    }

    private var documents: [String] = []

    private enum CodingKeys: CodingKey {
        case object, kind, harbor, failure, upserts, deletes, problems
    }

    init(_ object: CatalogueObject, _ preview: Catalogue.Preview, isAsked: Bool) {
        self.object = object.identifier
        kind = object.kind.rawValue
        harbor =
            switch preview.isThere {
            case true?: .found
            case false?: .notThere
            case nil: isAsked ? .noAnswer : .notAsked
            }
        failure = preview.failure?.description
        documents = preview.upserts.map(\.document)
        upserts = documents.compactMap { try? JSONDecoder().decode(JSONValue.self, from: Data($0.utf8)) }
        deletes = preview.deletes.map { Key(blueprint: $0.blueprint, identifier: $0.identifier) }
        problems = preview.problems.map(\.description)
    }

    /// For people, step by step.
    var lines: [String] {
        var lines = ["\(kind.padded(to: 12))\(object.visible)", "  harbor    \(answer)"]
        for document in documents {
            let text = document.split(separator: "\n").map { String($0).visible }
            lines += zip(["  upsert    "] + text.dropFirst().map { _ in "            " }, text).map(+)
        }
        lines += deletes.map { "  delete    \($0.blueprint.visible) \($0.identifier.visible)" }
        lines += problems.map { "  problem   \($0.visible)" }
        return lines
    }

    private var answer: String {
        switch harbor {
        case .found: failure.map { "has it, but \($0.visible)" } ?? "has it"
        case .notThere: failure.map { "does not have it, but \($0.visible)" } ?? "does not have it: a delete"
        case .notAsked: "was not asked: this is what a delete would do"
        case .noAnswer: "\((failure ?? "").visible): this is what a delete would do"
        }
    }
}
