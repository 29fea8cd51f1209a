// SPDX-License-Identifier: Apache-2.0

import Foundation
import TestSupport

/// The shell scripts of these tests.
enum Scripts {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().path

    /// What the script writes to standard output, without the last line's end.
    ///
    /// One of them builds a program, which takes minutes.
    static func run(_ path: String, _ arguments: [String] = []) throws -> String {
        try Command([path] + arguments, within: .seconds(3600)).succeeded()
            .trimmingCharacters(in: .newlines)
    }
}
