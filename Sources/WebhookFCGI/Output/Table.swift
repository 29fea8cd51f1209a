// SPDX-License-Identifier: Apache-2.0

/// Rows of text in columns that are as wide as what is in them, as far as the terminal is.
///
/// Rows may come in batches: columns only become wider.
struct Table {
    struct Column {
        let title: String

        /// What it is not made narrower than; nil for one that is shown whole.
        var minimum: Int?

        /// Whether what is cut off is marked; the beginning of an id is of use as it is.
        var marksCuts = true

        /// What it takes from the start, where wider rows may follow.
        var expected = 0
    }

    struct Cell: ExpressibleByStringLiteral {
        let text: String
        var style: Style?

        init(_ text: String, _ style: Style? = nil) {
            self.text = text.visible
            self.style = style
        }

        init(stringLiteral text: String) { self.init(text) }
    }

    enum Style: String {
        case head = "1"
        case bad = "31"
        case good = "32"
        case waiting = "33"
    }

    private let columns: [Column]
    private let terminal: Terminal
    private var widths: [Int]

    private static let gap = 2

    init(_ columns: [Column], on terminal: Terminal = .standardOutput) {
        self.columns = columns
        self.terminal = terminal
        widths = columns.map { max($0.title.count, $0.expected) }
    }

    /// The head, and rows below it.
    mutating func text(_ rows: [[Cell]]) -> String {
        let head = columns.map { Cell($0.title, .head) }
        widen(rows)
        return lines([head] + rows)
    }

    /// Further rows.
    mutating func more(_ rows: [[Cell]]) -> String {
        widen(rows)
        return lines(rows)
    }

    private mutating func widen(_ rows: [[Cell]]) {
        for row in rows {
            for (column, cell) in row.enumerated() { widths[column] = max(widths[column], cell.text.count) }
        }
    }

    private func lines(_ rows: [[Cell]]) -> String {
        let widths = fittingWidths
        return rows.map { row in
            var line = ""
            for (column, cell) in row.enumerated() {
                let text = cut(cell.text, column, to: widths[column])
                line += styled(text, cell.style)
                // Nothing but what is there at the end of a line.
                guard row[(column + 1)...].contains(where: { !$0.text.isEmpty }) else { break }
                line += String(repeating: " ", count: widths[column] - text.count + Self.gap)
            }
            return line
        }
        .joined(separator: "\n")
    }

    /// Takes from the widest column that may be cut, again and again, until all of it fits or nothing is left to take.
    private var fittingWidths: [Int] {
        var widths = widths
        guard let width = terminal.width else { return widths }
        var excess = widths.reduce(0, +) + Self.gap * (widths.count - 1) - width
        while excess > 0 {
            let spare = widths.indices.filter { index in
                columns[index].minimum.map { widths[index] > $0 } ?? false
            }
            guard let widest = spare.max(by: { widths[$0] < widths[$1] }) else { break }
            widths[widest] -= 1
            excess -= 1
        }
        return widths
    }

    private func cut(_ text: String, _ column: Int, to width: Int) -> String {
        guard text.count > width else { return text }
        return columns[column].marksCuts ? text.prefix(max(0, width - 1)) + "…" : String(text.prefix(width))
    }

    private func styled(_ text: String, _ style: Style?) -> String {
        guard terminal.hasColors, let style, !text.isEmpty else { return text }
        return "\u{1B}[\(style.rawValue)m\(text)\u{1B}[0m"
    }
}
