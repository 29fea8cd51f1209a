// SPDX-License-Identifier: Apache-2.0

/// Finds where the values of a JSON document are, without reading them.
///
/// A page of a list or a watch's event is cut into objects with it: decoding a whole page to get at them would
/// cost more, and fail at the first that is unusual. It looks at strings and brackets only; whoever decodes a
/// value finds out whether it is valid.
struct JSONScanner {
    private let bytes: ArraySlice<UInt8>

    init(_ bytes: [UInt8]) { self.bytes = bytes[...] }
    init(_ bytes: ArraySlice<UInt8>) { self.bytes = bytes }

    /// Where the values of an object's own members are.
    func members() throws(KubernetesError) -> [String: Range<Int>] {
        var position = try start(with: UInt8(ascii: "{"))
        var members: [String: Range<Int>] = [:]
        while try !skip(UInt8(ascii: "}"), &position) {
            let name = try value(at: &position)
            guard bytes[name.lowerBound] == quote, try skip(UInt8(ascii: ":"), &position) else {
                throw Self.broken
            }
            // A member that is looked for has no escapes in its name.
            let text = String(decoding: bytes[name].dropFirst().dropLast(), as: UTF8.self)
            members[text] = try value(at: &position)
            try separate(UInt8(ascii: "}"), &position)
        }
        return members
    }

    /// Where the elements of a list are.
    func elements() throws(KubernetesError) -> [Range<Int>] {
        var position = try start(with: UInt8(ascii: "["))
        var elements: [Range<Int>] = []
        while try !skip(UInt8(ascii: "]"), &position) {
            elements.append(try value(at: &position))
            try separate(UInt8(ascii: "]"), &position)
        }
        return elements
    }

    /// The range of the value that begins at `position`, which moves behind it.
    private func value(at position: inout Int) throws(KubernetesError) -> Range<Int> {
        skipSpace(&position)
        let first = position
        var depth = 0
        repeat {
            guard position < bytes.endIndex else { throw Self.broken }
            switch bytes[position] {
            case quote: try skipString(&position)
            case UInt8(ascii: "{"), UInt8(ascii: "["): (depth, position) = (depth + 1, position + 1)
            case UInt8(ascii: "}"), UInt8(ascii: "]"): (depth, position) = (depth - 1, position + 1)
            case _ where depth == 0: skipLiteral(&position)
            default: position += 1
            }
        } while depth > 0
        guard depth == 0, position > first else { throw Self.broken }
        return first..<position
    }

    private func skipString(_ position: inout Int) throws(KubernetesError) {
        position += 1
        while position < bytes.endIndex, bytes[position] != quote {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.endIndex else { throw Self.broken }
        position += 1
    }

    /// A number, true, false or null.
    private func skipLiteral(_ position: inout Int) {
        while position < bytes.endIndex, !isSpace(bytes[position]) {
            if [UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "}"), UInt8(ascii: "]")]
                .contains(bytes[position])
            {
                return
            }
            position += 1
        }
    }

    private func start(with bracket: UInt8) throws(KubernetesError) -> Int {
        var position = bytes.startIndex
        guard try skip(bracket, &position) else { throw Self.broken }
        return position
    }

    /// A comma, or the end that `skip` takes next.
    private func separate(_ end: UInt8, _ position: inout Int) throws(KubernetesError) {
        let isSeparated = try skip(UInt8(ascii: ","), &position)
        guard position < bytes.endIndex, isSeparated != (bytes[position] == end) else { throw Self.broken }
    }

    private func skip(_ byte: UInt8, _ position: inout Int) throws(KubernetesError) -> Bool {
        skipSpace(&position)
        guard position < bytes.endIndex else { throw Self.broken }
        guard bytes[position] == byte else { return false }
        position += 1
        return true
    }

    private func skipSpace(_ position: inout Int) {
        while position < bytes.endIndex, isSpace(bytes[position]) { position += 1 }
    }

    private func isSpace(_ byte: UInt8) -> Bool { byte == 0x20 || (0x09...0x0D).contains(byte) }

    private var quote: UInt8 { UInt8(ascii: "\"") }

    private static var broken: KubernetesError {
        KubernetesError(.invalidResponse, "the API server's reply is no valid JSON")
    }
}
