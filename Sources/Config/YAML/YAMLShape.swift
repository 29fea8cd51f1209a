// SPDX-License-Identifier: Apache-2.0

/// What a YAML value is, in the words of an error message.
enum YAMLShape: String, Sendable {
    case empty
    case text
    case number = "a number"
    case boolean = "true or false"
    case list = "a list"
    case mapping = "a mapping"

    /// What a scalar without quotes or tag stands for (YAML 1.2 §10.3, the core schema).
    init(plain scalar: String) {
        switch scalar {
        case "", "~", "null", "Null", "NULL": self = .empty
        case "true", "True", "TRUE", "false", "False", "FALSE": self = .boolean
        default: self = Self.isNumber(scalar) ? .number : .text
        }
    }

    private static func isNumber(_ scalar: String) -> Bool {
        // Most scalars are words, and bytes are quicker to look at than characters.
        guard let first = scalar.utf8.first, first < UInt8(ascii: ":") else { return false }
        let digits = scalar.drop { $0 == "+" || $0 == "-" }
        if digits.hasPrefix("0x") { return Int(digits.dropFirst(2), radix: 16) != nil }
        if digits.hasPrefix("0o") { return Int(digits.dropFirst(2), radix: 8) != nil }
        guard let first = digits.first, first == "." || first.isASCII && first.isNumber else { return false }
        return Double(scalar) != nil
    }
}
