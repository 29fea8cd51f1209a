// SPDX-License-Identifier: Apache-2.0

/// The header fields of a delivery, in the order in which they came.
///
/// A field that was sent twice is there twice: which of two `Authorization` values a proxy believed cannot
/// be known, so a handler has to be able to see both.
package struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    private var fields: [(name: String, value: String)] = []

    package init(dictionaryLiteral fields: (String, String)...) {
        for (name, value) in fields { append(value, to: name) }
    }

    /// Adds a value; names are case-insensitive (RFC 9110 §5.1).
    package mutating func append(_ value: String, to name: String) {
        fields.append((name.lowercased(), value))
    }

    /// Every value of the field; `name` is given in lower case.
    package subscript(name: String) -> [String] {
        fields.compactMap { $0.name == name ? $0.value : nil }
    }
}
