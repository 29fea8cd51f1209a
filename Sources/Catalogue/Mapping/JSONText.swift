// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// A JSON value as text, which goes from jq to a catalogue as it is: nothing here has a reason to take it apart.
package struct JSONText: Sendable, Hashable, CustomStringConvertible {
    package let description: String

    /// Of what is JSON already.
    init(_ text: String) { description = text }

    /// A string.
    init(quoting text: String) {
        var quoted = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\\(scalar)"
            case "\u{0}"..<" ", "\u{7F}":
                let digits = String(scalar.value, radix: 16)
                quoted += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        description = quoted + "\""
    }

    static let null = JSONText("null")
    static let `true` = JSONText("true")

    /// What the value says, where it is a string.
    var string: String? { decoded() }

    /// The same for an array of strings and of nothing else.
    var strings: [String]? { decoded() }

    private func decoded<Value: Decodable>() -> Value? {
        try? JSONDecoder().decode(Value.self, from: Data(description.utf8))
    }
}
