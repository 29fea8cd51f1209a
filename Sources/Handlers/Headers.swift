// SPDX-License-Identifier: Apache-2.0

/// The header fields of a delivery.
///
/// A field that was sent twice has two values, in the order in which they came: which of two `Authorization`
/// values a proxy believed cannot be known, so a handler has to be able to see both.
package struct Headers: Sendable, ExpressibleByDictionaryLiteral {
    private let values: @Sendable (_ name: String) -> [String]

    /// Headers that are looked for where they are, because a handler asks for one among dozens; names come in lower
    /// case.
    package init(_ values: @escaping @Sendable (_ name: String) -> [String]) { self.values = values }

    /// Names are case-insensitive (RFC 9110 §5.1).
    package init(_ fields: [(name: String, value: String)]) {
        let fields = fields.map { (name: $0.name.lowercased(), value: $0.value) }
        values = { name in fields.filter { $0.name == name }.map(\.value) }
    }

    package init(dictionaryLiteral fields: (String, String)...) {
        self.init(fields.map { (name: $0, value: $1) })
    }

    /// Every value of the field; `name` is given in lower case.
    package subscript(name: String) -> [String] { values(name) }
}
