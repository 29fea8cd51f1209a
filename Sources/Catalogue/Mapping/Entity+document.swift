// SPDX-License-Identifier: Apache-2.0

extension Entity {
    /// As Port takes it: the blueprint is in the URL.
    var element: String { object(members, on: .oneLine) }

    /// As a file: one line for each property, so that a difference shows what has changed.
    package var document: String {
        object([("blueprint", JSONText(quoting: key.blueprint).description)] + members, on: .lines) + "\n"
    }

    private var members: [(name: String, value: String)] {
        var members = [("identifier", JSONText(quoting: key.identifier).description)]
        if let title { members.append(("title", JSONText(quoting: title).description)) }
        return members
    }

    private func object(_ members: [(name: String, value: String)], on layout: Layout) -> String {
        let parts = [("properties", properties), ("relations", relations)].map { name, values in
            let values = values.sorted { $0.key < $1.key }.map { ($0.key, $0.value.description) }
            return (name, layout.object(values, depth: 1))
        }
        return layout.object(members + parts, depth: 0)
    }

    private enum Layout {
        case oneLine
        case lines

        func object(_ members: [(name: String, value: String)], depth: Int) -> String {
            let members = members.map {
                "\(JSONText(quoting: $0.name)):\(self == .lines ? " " : "")\($0.value)"
            }
            guard self == .lines, !members.isEmpty else { return "{\(members.joined(separator: ","))}" }
            let indent = String(repeating: "  ", count: depth)
            return "{\n" + members.map { "\(indent)  \($0)" }.joined(separator: ",\n") + "\n\(indent)}"
        }
    }
}
