// SPDX-License-Identifier: Apache-2.0

/// What would be another with a reload, by name.
struct ServedDifference: Equatable {
    /// For people, in order: `+` for what is added, `-` for what is removed, `~` for what is changed.
    let lines: [String]

    init(from old: Served, to new: Served) {
        lines =
            Self.lines("receiver", old.receivers, new.receivers)
            + Self.lines("Warehouse", old.warehouses, new.warehouses)
    }

    private static func lines(_ kind: String, _ old: [String: String], _ new: [String: String]) -> [String] {
        Set(old.keys).union(new.keys).sorted().compactMap { name in
            switch (old[name], new[name]) {
            case (nil, _): "+ \(kind) \(name)"
            case (_, nil): "- \(kind) \(name)"
            case (let old, let new): old == new ? nil : "~ \(kind) \(name)"
            }
        }
    }

    /// At most so many lines, and how many more there are.
    func description(limit: Int = 50) -> String {
        let more = lines.count > limit ? ["… and \(lines.count - limit) more"] : []
        return (lines.prefix(limit) + more).map { "  \($0)" }.joined(separator: "\n")
    }
}
