// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Encodable {
    /// For programs, with line breaks for people who look at it all the same; or all of it in one line.
    func json(inOneLine: Bool = false) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if !inOneLine { encoder.outputFormatting.insert(.prettyPrinted) }
        do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch { return "{}" }
    }
}
