// SPDX-License-Identifier: Apache-2.0

import Foundation
import Testing

@testable import WebhookFCGI

@Suite struct SheetTests {
    @Test func `Sheets add up, by metric, receiver and place`() {
        var sheet = Sheet(version: "1", counts: ["a": [0: 1, 2: 3]], receivers: ["p/r": [5: 1]])
        sheet.add(
            Sheet(
                version: "1",
                counts: ["a": [2: 4], "b": [0: 5]],
                receivers: ["p/r": [5: 2], "q/r": [0: 1]]
            )
        )
        #expect(
            sheet
                == Sheet(
                    version: "1",
                    counts: ["a": [0: 1, 2: 7], "b": [0: 5]],
                    receivers: ["p/r": [5: 3], "q/r": [0: 1]]
                )
        )
    }

    @Test func `What another version has counted is left out`() {
        let sheet = Sheet(version: "1", counts: ["a": [0: 1]])
        var sum = sheet
        sum.add(Sheet(version: "2", counts: ["a": [0: 1]]))
        #expect(sum == sheet)
    }

    @Test func `A number that nobody can have counted stops nothing`() {
        var sheet = Sheet(version: "1", counts: ["a": [0: .max]])
        sheet.add(sheet)
        #expect(sheet.counts["a"] == [0: -2])
    }

    @Test func `A sheet is the same after it was written and read`() throws {
        let sheet = Sheet(
            version: "1",
            counts: ["a": [0: 1, 15: .max]],
            receivers: ["p/r/harbor": [132: 7]],
            usage: ProcessUsage()
        )
        let json = try JSONEncoder().encode(sheet)
        #expect(try JSONDecoder().decode(Sheet.self, from: json) == sheet)
    }
}
