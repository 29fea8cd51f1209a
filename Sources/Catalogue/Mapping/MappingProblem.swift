// SPDX-License-Identifier: Apache-2.0

/// What is wrong with one expression of a mapping: always, or for one object.
package struct MappingProblem: Sendable, Hashable, CustomStringConvertible {
    /// Where the expression stands, for example `resources[1].port.entity.mappings.properties.size`.
    package let path: String
    package let message: String

    package var description: String { "\(path): \(message)" }

    /// jq quotes what it could not use: as much of it as tells what it was, on one line.
    init(path: String, message: String) {
        self.path = path
        let isLong = message.unicodeScalars.count > 300
        let scalars = message.unicodeScalars.prefix(300).map { scalar -> Character in
            scalar.properties.generalCategory == .control ? " " : Character(scalar)
        }
        self.message = String(scalars) + (isLong ? "…" : "")
    }
}
