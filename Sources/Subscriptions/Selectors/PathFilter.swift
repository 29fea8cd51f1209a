// SPDX-License-Identifier: Apache-2.0

/// `includePaths` and `excludePaths`.
package struct PathFilter: Sendable {
    private let included: [PathPattern]
    private let excluded: [PathPattern]

    /// No patterns let every path pass.
    package init(included: [PathPattern] = [], excluded: [PathPattern] = []) {
        self.included = included
        self.excluded = excluded
    }

    /// Everything it depends on.
    var definition: String { "included \(included.map(\.text)) excluded \(excluded.map(\.text))" }

    /// Whether one of the files is included, or nothing is, and it is not excluded.
    func accepts(_ files: [String]) -> Bool {
        files.contains { file in
            (included.isEmpty || included.contains { $0.matches(file) })
                && !excluded.contains { $0.matches(file) }
        }
    }
}
