// SPDX-License-Identifier: Apache-2.0

extension String {
    /// The text in quotes, for a message of one line: at most 64 characters, and none that a terminal obeys.
    var quoted: String {
        var text = UnicodeScalarView()
        for scalar in unicodeScalars.prefix(64) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator: text.append("\u{FFFD}")
            default: text.append(scalar)
            }
        }
        return "'\(String(text))\(unicodeScalars.count > 64 ? "…" : "")'"
    }
}

extension Sequence where Element == String {
    /// `a, b and c`.
    func listed(_ conjunction: String = "and") -> String {
        let names = Array(self)
        guard let last = names.last, names.count > 1 else { return names.first ?? "" }
        return names.dropLast().joined(separator: ", ") + " \(conjunction) \(last)"
    }
}
