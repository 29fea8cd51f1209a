// SPDX-License-Identifier: Apache-2.0

import FoundationEssentials

extension Explanation {
    /// For programs, with line breaks for people who look at it all the same.
    var prettyJSON: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes, .prettyPrinted]
        do { return String(decoding: try encoder.encode(self), as: UTF8.self) } catch { return "{}" }
    }
}
