// SPDX-License-Identifier: Apache-2.0

/// A request that came to an ``HTTPServer``.
package struct ServedRequest: Sendable {
    /// From 0 on, over all connections.
    package let number: Int

    package let method: String

    /// Path and query as they came, encoded.
    package let target: String
    package let body: String

    /// Head and body, as they came.
    package let text: String

    package var path: String { String(target.prefix { $0 != "?" }) }

    /// Name and value of each part of the query, as they came.
    package var query: [String: String] {
        let parts = target.drop { $0 != "?" }.dropFirst().split(separator: "&")
        let pairs = parts.map { part in
            (String(part.prefix { $0 != "=" }), String(part.drop { $0 != "=" }.dropFirst()))
        }
        return Dictionary(pairs) { first, _ in first }
    }

    /// The first header of this name.
    package subscript(name: String) -> String? {
        let start = name.lowercased() + ":"
        let line = text.split(separator: "\r\n", omittingEmptySubsequences: false).dropFirst()
            .prefix { !$0.isEmpty }.first { $0.lowercased().hasPrefix(start) }
        return line.map { String($0.dropFirst(start.count).drop { $0 == " " }) }
    }

    /// Nil while not all of it is there.
    init?(_ number: Int, _ text: String) {
        // In bytes: a line break is one character, and so are two.
        let bytes = Array(text.utf8)
        guard let end = bytes.firstRange(of: Array("\r\n\r\n".utf8)) else { return nil }
        let words = text.prefix { $0 != "\r\n" }.split(separator: " ")
        guard words.count == 3 else { return nil }
        self.number = number
        self.text = text
        method = String(words[0])
        target = String(words[1])
        let body = bytes[end.upperBound...]
        self.body = String(decoding: body, as: UTF8.self)
        guard body.count >= self["Content-Length"].flatMap(Int.init) ?? 0 else { return nil }
    }
}
