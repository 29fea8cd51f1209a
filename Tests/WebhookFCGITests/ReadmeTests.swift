// SPDX-License-Identifier: Apache-2.0

import Config
import TestSupport
import Testing

@testable import WebhookFCGI

@Suite struct ReadmeTests {
    @Test func `The table of settings is the program's`() throws {
        let rows = Settings.documented.map {
            let isValue = !["required", "none"].contains($0.defaultText)
            return "| `\($0.path)` | \(isValue ? "`\($0.defaultText)`" : $0.defaultText) "
                + "| `\($0.environment)` | \($0.description) |"
        }
        #expect(try table("settings") == rows)
    }

    @Test func `The table of metrics is the program's`() throws {
        let rows = Metric.all.map { metric in
            let labels = metric.labels.map { "`\($0)`" }.joined(separator: ", ")
            return "| `\(metric.name)` | \(metric.kind) | \(labels) | \(metric.help.dropLast()) |"
        }
        #expect(try table("metrics") == rows)
    }

    /// The rows of the table that begins with this mark.
    private func table(_ mark: String) throws -> [String] {
        let parts = try Checkout.read("README.md").split(separator: "<!-- \(mark): ")
        let table = try #require(parts.count == 2 ? parts.last?.split(separator: "<!-- end").first : nil)
        return table.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
    }
}
