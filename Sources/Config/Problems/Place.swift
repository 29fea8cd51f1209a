// SPDX-License-Identifier: Apache-2.0

/// A line of a file, for problems that are found after it was read.
struct Place: Sendable, Hashable, CustomStringConvertible {
    let file: String

    /// From 1; nil for the file as a whole.
    let line: Int?

    var description: String { line.map { "\(file):\($0)" } ?? file }

    func error(_ message: String) -> Problem { Problem(.error, file: file, line: line, message: message) }
    func warning(_ message: String) -> Problem { Problem(.warning, file: file, line: line, message: message) }
}
