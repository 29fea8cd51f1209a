// SPDX-License-Identifier: Apache-2.0

/// Settings that cannot be used, with everything that is wrong about them.
package struct SettingsError: Error, Sendable, Equatable, CustomStringConvertible {
    /// Sorted, at least one of them an error.
    package let problems: [Problem]

    package var description: String { problems.map(\.description).joined(separator: "\n") }

    init(_ problems: [Problem]) {
        self.problems = problems.sorted()
    }
}
