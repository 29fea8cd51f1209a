// SPDX-License-Identifier: Apache-2.0

internal import Yams

/// The documents of a YAML or JSON file, parsed one after the other.
///
/// Documents are told apart before they are parsed, which no scalar can prevent (YAML 1.2 §9.1.2 forbids a
/// line that starts with `---` inside one). So a document that does not parse leaves its neighbours alone,
/// and no more than one is held in memory. The items of a `kind: List` are told apart in the same way.
struct YAMLFile {
    let path: String
    let bytes: [UInt8]

    /// The root of JSON that the API server sent, which has no lines; nil if there is none, which it never sends.
    ///
    /// Its problems are reported under `name`.
    static func root(ofJSON bytes: [UInt8], called name: String) -> YAMLValue? {
        guard let text = String(validating: bytes, as: UTF8.self),
            let parser = try? Parser(yaml: withoutForbidden(text), resolver: .basic, encoding: .utf8),
            let root = try? parser.nextRoot()
        else { return nil }
        return YAMLValue(root: root, file: name, linesBefore: nil)
    }

    /// JSON with escapes for what its strings may hold, and YAML's forbid or take for the end of a line.
    private static func withoutForbidden(_ json: String) -> String {
        if json.utf8.allSatisfy({ $0 < 0x7F }) { return json }
        var text = String.UnicodeScalarView()
        for scalar in json.unicodeScalars {
            switch scalar.value {
            case 0x7F...0x9F, 0x2028, 0x2029, 0xFEFF, 0xFFFE, 0xFFFF:
                text.append(
                    contentsOf: "\\U00\(String(0x100_0000 + scalar.value, radix: 16).dropFirst())"
                        .unicodeScalars
                )
            default: text.append(scalar)
            }
        }
        return String(text)
    }

    /// Calls `body` with the root of each document that holds anything.
    ///
    /// - Returns: A problem for every document that could not be parsed to its end.
    func forEachDocument(_ body: (YAMLValue) -> Void) -> [Problem] {
        documentRanges.flatMap { range, linesBefore in
            if let list = YAMLBlockList(bytes, range, linesBefore: linesBefore),
                isList(list.rest, linesBefore: linesBefore)
            {
                return list.items.enumerated().compactMap { index, item in
                    parse(list.document(item), linesBefore: item.linesBefore, path: "items[\(index)]", body)
                }
            }
            return parse(bytes[range], linesBefore: linesBefore, body).map { [$0] } ?? []
        }
    }

    /// Whether this, of which the items were taken out, is a list of objects that each say what they are.
    private func isList(_ rest: [UInt8], linesBefore: Int) -> Bool {
        var roots: [YAMLValue] = []
        guard parse(rest, linesBefore: linesBefore, { roots.append($0) }) == nil, let root = roots.first
        else {
            return false
        }
        return roots.count == 1 && root["apiVersion"]?.scalar == "v1" && root["kind"]?.scalar == "List"
            && root["items"] == nil
    }

    private func parse(
        _ bytes: some Collection<UInt8>,
        linesBefore: Int,
        path valuePath: String = "",
        _ body: (YAMLValue) -> Void
    ) -> Problem? {
        guard let text = String(validating: bytes, as: UTF8.self) else {
            return Problem(
                file: path,
                line: linesBefore + 1,
                message: "this document is not UTF-8 text: save it as UTF-8"
            )
        }
        do {
            // Without the resolver's regular expressions a scalar's type is not looked at until it matters.
            let parser = try Parser(yaml: text, resolver: .basic, encoding: .utf8)
            while let root = try parser.nextRoot() {
                let value = YAMLValue(root: root, file: path, linesBefore: linesBefore, path: valuePath)
                if value.shape != .empty { body(value) }
            }
            return nil
        } catch {
            let (line, message) = describe(error)
            return Problem(file: path, line: linesBefore + (line ?? 1), message: message)
        }
    }

    /// The parser may have stopped inside a Secret: nothing is quoted but its own words, and keys.
    private func describe(_ error: any Error) -> (line: Int?, message: String) {
        let nothing = "nothing of this document is used until then"
        let advice = "correct it, \(nothing)"
        let unknown = (line: Int?.none, message: "this document cannot be parsed: \(advice)")
        guard let error = error as? YamlError else { return unknown }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return (mark.line, "this is not valid YAML, \(problem): \(advice)")
        case .duplicatedKeysInMapping(let keys, let context):
            let names = keys.map(\.quoted).listed()
            return (context.mark.line, "the key \(names) is given twice: remove one, \(nothing)")
        case .reader(let problem, let offset, _, let text):
            let line = offset.map { text.prefix($0).count(where: \.isNewline) + 1 }
            return (line, "this is not valid YAML, \(problem): \(advice)")
        default:
            return unknown
        }
    }
}

extension YAMLFile {
    /// Where each document is, and how many lines come before it.
    ///
    /// Comments and directives stay with the document that they precede.
    private var documentRanges: [(range: Range<Int>, linesBefore: Int)] {
        var ranges: [(Range<Int>, Int)] = []
        // libyaml skips a byte order mark, but goes on counting columns from it.
        let first = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? 3 : 0
        var (start, linesBeforeStart, hasContent) = (first, 0, false)
        var (line, lineNumber) = (first, 0)
        while line < bytes.count {
            let end = bytes[line...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
            let isMarker = isDocumentStart(bytes[line..<end])
            if isMarker, hasContent {
                ranges.append((start..<line, linesBeforeStart))
                (start, linesBeforeStart) = (line, lineNumber)
            }
            hasContent = isMarker || hasContent || isContent(bytes[line..<end])
            lineNumber += 1
            line = end + 1
        }
        if hasContent { ranges.append((start..<bytes.count, linesBeforeStart)) }
        return ranges
    }

    private func isDocumentStart(_ line: ArraySlice<UInt8>) -> Bool {
        line.starts(with: [0x2D, 0x2D, 0x2D]) && (line.count == 3 || isWhiteSpace(line[line.startIndex + 3]))
    }

    private func isContent(_ line: ArraySlice<UInt8>) -> Bool {
        guard let first = line.first(where: { !isWhiteSpace($0) }) else { return false }
        return first != UInt8(ascii: "#") && first != UInt8(ascii: "%")
    }

    private func isWhiteSpace(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\t") || byte == UInt8(ascii: "\r")
    }
}
