// SPDX-License-Identifier: Apache-2.0

import Config
import Foundation
import Testing

@Suite struct ReadmeTests {
    @Test func `The table of settings is the program's`() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("../..")
        let readme = try String(contentsOf: root.appendingPathComponent("README.md"), encoding: .utf8)
        let rows = Settings.documented.map {
            let isValue = !["required", "none"].contains($0.defaultText)
            return "| `\($0.path)` | \(isValue ? "`\($0.defaultText)`" : $0.defaultText) "
                + "| `\($0.environment)` | \($0.description) |"
        }
        let table = try #require(
            readme.split(separator: "<!-- settings: ").last?.split(separator: "<!-- end").first
        )
        #expect(table.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init) == rows)
    }
}
