// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// A value in a YAML or JSON file that knows where it stands, so that every problem can say so.
///
/// It reads the parser's nodes as they are. Manifests come by the hundred thousand, and dictionaries of
/// `Any` would cost more than the parsing.
struct YAMLValue {
    private let node: Node
    private let file: String

    /// How many lines of the file come before the document, whose own marks start from 1; nil where lines mean
    /// nothing, in what the API server sent.
    private let linesBefore: Int?

    /// From the document's root, for example `spec.subscriptions[0].git`; empty for the root.
    let path: String

    /// `path` is given where the document is itself a part of a larger one.
    init(root node: Node, file: String, linesBefore: Int?, path: String = "") {
        self.init(node: node, file: file, linesBefore: linesBefore, path: path)
    }

    private init(node: Node, file: String, linesBefore: Int?, path: String) {
        self.node = node
        self.file = file
        self.linesBefore = linesBefore
        self.path = path
    }

    var place: Place {
        Place(file: file, line: linesBefore.flatMap { before in node.mark.map { $0.line + before } })
    }

    var shape: YAMLShape {
        switch node {
        case .mapping: .mapping
        case .sequence: .list
        case .scalar(let scalar):
            scalar.style == .plain && scalar.tag.rawValue.isEmpty ? YAMLShape(plain: scalar.string) : .text
        case .alias: .empty  // The parser has put what an alias stands for in its place.
        }
    }

    /// The scalar as it is written, whatever it stands for; nil for a list or a mapping.
    var scalar: String? { node.scalar?.string }

    /// The value under `key`; nil where there is none, or an empty one, or this is no mapping.
    subscript(key: String) -> YAMLValue? {
        guard case .mapping(let mapping) = node else { return nil }
        for index in mapping.indices {
            let (name, value) = mapping[index]
            guard case .scalar(let scalar) = name, scalar.string == key else { continue }
            let member = member(key, value)
            return member.shape == .empty ? nil : member
        }
        return nil
    }

    /// The members of a mapping in the order of the file, empty ones too; none where this is no mapping.
    var members: [(key: String, name: YAMLValue, value: YAMLValue)] {
        guard case .mapping(let mapping) = node else { return [] }
        return mapping.map { name, value in
            let key = name.scalar?.string ?? ""
            return (key, member(key, name), member(key, value))
        }
    }

    /// The elements of a list; none where this is no list.
    var elements: [YAMLValue] {
        guard case .sequence(let sequence) = node else { return [] }
        return sequence.enumerated().map { index, element in
            YAMLValue(node: element, file: file, linesBefore: linesBefore, path: "\(path)[\(index)]")
        }
    }

    func error(_ message: String) -> Problem { place.error(message) }
    func warning(_ message: String) -> Problem { place.warning(message) }

    /// This value is something else than it should be: both are named, the value itself is not.
    func mismatch(_ expected: YAMLShape) -> Problem {
        let name = path.isEmpty ? "the document" : path
        let advice = expected == .text && scalar != nil ? ": put it in quotes" : ""
        return error("\(name) must be \(expected.rawValue), but is \(shape.rawValue)\(advice)")
    }

    /// Reads all of it.
    func decoded<Value: Decodable>() throws -> Value { try YAMLDecoder().decode(from: node) }

    private func member(_ key: String, _ node: Node) -> YAMLValue {
        let path = path.isEmpty ? key : "\(path).\(key)"
        return YAMLValue(node: node, file: file, linesBefore: linesBefore, path: path)
    }
}
