// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// A blueprint of Port, as much of it as matters here.
struct Blueprint: Decodable, Sendable {
    let identifier: String
    let schema: Schema
    let relations: [String: Relation]

    struct Schema: Decodable, Sendable {
        let properties: [String: Property]
    }

    struct Property: Decodable, Sendable {
        let type: String
        let format: String?

        /// Whether Port would take this value, which is JSON.
        func takes(_ text: String) -> Bool {
            switch type {
            case "string":
                text.hasPrefix("\"") && (format != "date-time" || text.wholeMatch(of: Self.time) != nil)
            case "number": Double(text) != nil
            case "boolean": text == "true" || text == "false"
            case "array": text.hasPrefix("[")
            default: false
            }
        }

        private static var time: Regex<Substring> { /"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z"/ }
    }

    struct Relation: Decodable, Sendable {
        let target: String
    }

    /// Those that users import.
    static func all() throws -> [Blueprint] {
        let text = try Checkout.read("deploy/port/blueprints.json")
        return try JSONDecoder().decode([Blueprint].self, from: Data(text.utf8))
    }
}
