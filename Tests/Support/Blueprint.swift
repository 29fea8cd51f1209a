// SPDX-License-Identifier: Apache-2.0

import Foundation

/// A blueprint of Port, as much of it as matters here.
package struct Blueprint: Decodable, Sendable {
    package let identifier: String
    package var schema: Schema
    package let relations: [String: Relation]

    /// One without properties and relations.
    package init(_ identifier: String) {
        (self.identifier, schema, relations) = (identifier, Schema(properties: [:]), [:])
    }

    package struct Schema: Decodable, Sendable {
        package var properties: [String: Property]
    }

    package struct Property: Decodable, Sendable {
        package let type: String
        package let format: String?

        /// Whether Port would take this value, which is JSON.
        package func takes(_ text: String) -> Bool {
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

    package struct Relation: Decodable, Sendable {
        package let target: String
    }

    /// Those that users import.
    package static func all() throws -> [Blueprint] {
        let text = try Checkout.read("deploy/port/blueprints.json")
        return try JSONDecoder().decode([Blueprint].self, from: Data(text.utf8))
    }
}
