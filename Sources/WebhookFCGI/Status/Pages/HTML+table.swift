// SPDX-License-Identifier: Apache-2.0

/// A column of a table on a page, for rows of one type.
struct HTMLColumn<Row> {
    let title: String
    var style = ""
    let cell: (inout HTML, Row) -> Void

    init(_ title: String, style: String = "", cell: @escaping (inout HTML, Row) -> Void) {
        (self.title, self.style, self.cell) = (title, style, cell)
    }

    /// A column of plain text.
    init(_ title: String, style: String = "", text: @escaping (Row) -> String) {
        self.init(title, style: style) { $0.add(text($1)) }
    }
}

extension HTML {
    /// Adds a table; each row is named by its first cell.
    ///
    /// The roles are what the elements have anyhow, until the style sheet makes them blocks on a narrow screen. There each
    /// cell shows its column's title before it.
    mutating func table<Row>(_ label: String, _ columns: [HTMLColumn<Row>], _ rows: [Row]) {
        element("table", ["role": "table", "aria-label": label]) { table in
            table.element("thead", ["role": "rowgroup"]) { head in
                head.element("tr", ["role": "row"]) { row in
                    for column in columns {
                        row.element(
                            "th",
                            ["role": "columnheader", "scope": "col", "class": column.style],
                            column.title
                        )
                    }
                }
            }
            table.element("tbody", ["role": "rowgroup"]) { body in
                for row in rows { body.row(row, columns) }
            }
        }
    }

    private mutating func row<Row>(_ row: Row, _ columns: [HTMLColumn<Row>]) {
        element("tr", ["role": "row"]) { html in
            for (index, column) in columns.enumerated() {
                if index == 0 {
                    html.element("th", ["role": "rowheader", "scope": "row", "class": column.style]) {
                        column.cell(&$0, row)
                    }
                } else {
                    html.element(
                        "td",
                        ["role": "cell", "class": column.style, "data-label": column.title]
                    ) { cell in
                        // One box, whatever is in it: on a narrow screen the title stands beside it.
                        cell.element("div") { column.cell(&$0, row) }
                    }
                }
            }
        }
    }
}
