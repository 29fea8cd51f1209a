// SPDX-License-Identifier: Apache-2.0

/// A document cut into the items of its `items`, before anything is parsed: what `kubectl get -o yaml` prints.
///
/// The parser's nodes take twenty times the room of their text, so that a cluster in one list would need a
/// gigabyte. As between documents, the cuts do not depend on what is between them: a line that starts with a
/// dash at the items' own indentation cannot be inside one (YAML 1.2 §6.1, §8.1, §8.2.1).
struct YAMLBlockList {
    /// An item and how many lines come before it.
    typealias Item = (range: Range<Int>, linesBefore: Int)

    private(set) var items: [Item] = []

    /// The document without its items, line for line.
    private(set) var rest: [UInt8] = []

    private let bytes: [UInt8]

    /// The spaces before each item's dash.
    private var indentation: Int?

    /// Nil for what is not laid out like this, or might refer from one item to another.
    init?(_ bytes: [UInt8], _ range: Range<Int>, linesBefore: Int) {
        self.bytes = bytes
        var part = Part.before
        var (start, lines) = (range.lowerBound, linesBefore)
        while start < range.upperBound {
            let newline = bytes[start..<range.upperBound].firstIndex(of: UInt8(ascii: "\n"))
            let end = newline.map { $0 + 1 } ?? range.upperBound
            guard let next = self.part(of: start..<end, after: part), !mayHaveAnchor(start..<end) else {
                return nil
            }
            switch next {
            case .item where isItem(start..<end): items.append((start..<end, lines))
            case .item: items[items.count - 1].range = items[items.count - 1].range.lowerBound..<end
            default: break
            }
            if next == .item { rest.append(UInt8(ascii: "\n")) } else { rest += bytes[start..<end] }
            part = next
            (start, lines) = (end, lines + 1)
        }
        guard !items.isEmpty else { return nil }
    }

    /// An item as a document of its own, with a space in place of the dash.
    func document(_ item: Item) -> [UInt8] {
        var document = Array(bytes[item.range])
        document[indentation ?? 0] = UInt8(ascii: " ")
        return document
    }
}

extension YAMLBlockList {
    private enum Part { case before, key, item, after }

    /// Where a line belongs, or nil where it is in nobody's place.
    private mutating func part(of line: Range<Int>, after part: Part) -> Part? {
        let indent = bytes[line].prefix { $0 == UInt8(ascii: " ") }.count
        let isBlank = bytes[line].dropFirst(indent).first.map { [0x0A, 0x0D, 0x23].contains($0) } ?? true
        switch part {
        case .before: return bytes[line].starts(with: Self.key) ? .key : .before
        case .after: return .after
        case .key where isBlank: return .key
        case .key:
            indentation = indent
            return isItem(line) ? .item : nil
        case .item where isBlank || isItem(line) || indent > indentation ?? 0: return .item
        case .item: return indent == 0 ? .after : nil
        }
    }

    private static let key = Array("items:\n".utf8)

    private func isItem(_ line: Range<Int>) -> Bool {
        let dash = line.lowerBound + (indentation ?? 0)
        return dash + 1 < line.upperBound
            && bytes[line.lowerBound..<dash].allSatisfy { $0 == UInt8(ascii: " ") }
            && bytes[dash] == UInt8(ascii: "-") && bytes[dash + 1] == UInt8(ascii: " ")
    }

    /// Whether `&` stands where an anchor could: its aliases may be in other items.
    private func mayHaveAnchor(_ line: Range<Int>) -> Bool {
        line.dropLast().contains { index in
            bytes[index] == UInt8(ascii: "&") && !" \t\r\n".utf8.contains(bytes[index + 1])
                && (index == line.lowerBound || " \t[{,:".utf8.contains(bytes[index - 1]))
        }
    }
}
