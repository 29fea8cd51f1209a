// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import WebhookFCGI

@Suite struct TableTests {
    private let columns = [
        Table.Column(title: "ID", minimum: 4, marksCuts: false), Table.Column(title: "N"),
        Table.Column(title: "TEXT", minimum: 5),
    ]
    private let rows: [[Table.Cell]] = [["0123456789", "1", "a longer text"], ["01", "22", ""]]

    private func text(width: Int?, hasColors: Bool = false) -> [String] {
        var table = Table(columns, on: Terminal(width: width, hasColors: hasColors))
        return table.text(rows).split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
    }

    @Test func `Columns are as wide as what is in them, and nothing follows the last one`() {
        #expect(
            text(width: nil) == ["ID          N   TEXT", "0123456789  1   a longer text", "01          22"]
        )
        #expect(text(width: 29) == text(width: nil))
    }

    @Test(arguments: 17...40) func `What fits is as wide as the terminal at most`(_ width: Int) {
        #expect(text(width: width).allSatisfy { $0.count <= width })
    }

    @Test func `The widest is cut first, and what can be used without its end is not marked`() {
        #expect(
            text(width: 24) == ["ID         N   TEXT", "012345678  1   a longer…", "01         22"]
        )
        #expect(text(width: 1) == ["ID    N   TEXT", "0123  1   a lo…", "01    22"])
    }

    @Test func `Colours go around what is seen`() {
        var table = Table([.init(title: "A"), .init(title: "B")], on: Terminal(width: nil, hasColors: true))
        let row = [Table.Cell("x", .good), Table.Cell("y")]
        #expect(table.text([row]) == "\u{1B}[1mA\u{1B}[0m  \u{1B}[1mB\u{1B}[0m\n\u{1B}[32mx\u{1B}[0m  y")
    }

    @Test func `No text moves the cursor`() {
        var table = Table([.init(title: "A")], on: Terminal(width: nil, hasColors: false))
        #expect(table.text([[Table.Cell("x\u{1B}[2J\n\u{202E}y")]]) == "A\nx\u{FFFD}[2J\u{FFFD}\u{FFFD}y")
    }

    @Test func `Further rows stand below the first`() {
        var table = Table(
            [.init(title: "A", expected: 3), .init(title: "B")],
            on: Terminal(width: nil, hasColors: false)
        )
        #expect(table.text([]) == "A    B")
        #expect(table.more([["1", "2"]]) == "1    2")
        #expect(table.more([["12345", "2"], ["1", "2"]]) == "12345  2\n1      2")
    }

    @Test(arguments: [
        ([:], 80, Terminal(width: 80, hasColors: true)),
        (["COLUMNS": "100", "NO_COLOR": ""], 80, Terminal(width: 100, hasColors: true)),
        (["COLUMNS": "0", "NO_COLOR": "1"], 80, Terminal(width: 80, hasColors: false)),
        (["TERM": "dumb"], nil, Terminal(width: nil, hasColors: false)),
    ])
    func `A terminal is what it says, and what the environment says`(
        _ environment: [String: String],
        _ columns: Int?,
        _ terminal: Terminal
    ) {
        #expect(Terminal(environment: environment, columns: columns) == terminal)
    }
}
