// SPDX-License-Identifier: Apache-2.0

/// A request in FastCGI's records (FastCGI 1.0 §3 and §5), as nginx would send it or as it never would.
package struct FastCGIRequest {
    package var parameters: [String: String]
    package var body: [UInt8]

    /// Whether the connection is to stay open (FCGI_KEEP_CONN).
    package var keepsConnection: Bool

    package init(parameters: [String: String], body: [UInt8] = [], keepsConnection: Bool = false) {
        self.parameters = parameters
        self.body = body
        self.keepsConnection = keepsConnection
    }

    package var encoded: [UInt8] { beginning + input }

    /// FCGI_BEGIN_REQUEST, and FCGI_PARAMS to their end.
    package var beginning: [UInt8] {
        let pairs = parameters.sorted { $0.key < $1.key }.flatMap { name, value in
            Self.length(name) + Self.length(value) + Array(name.utf8) + Array(value.utf8)
        }
        return Self.record(1, [0, 1, keepsConnection ? 1 : 0, 0, 0, 0, 0, 0]) + Self.stream(4, pairs)
    }

    /// FCGI_STDIN to its end.
    package var input: [UInt8] { Self.stream(5, body) }

    /// A record of the request with the id 1.
    package static func record(_ type: UInt8, _ content: some Collection<UInt8>) -> [UInt8] {
        [1, type, 0, 1, UInt8(content.count >> 8), UInt8(content.count & 0xFF), 0, 0] + content
    }

    /// Records of up to 65,535 bytes, and the empty one that ends a stream.
    private static func stream(_ type: UInt8, _ content: [UInt8]) -> [UInt8] {
        stride(from: 0, to: content.count, by: 65_535).flatMap { start in
            record(type, content[start..<min(start + 65_535, content.count)])
        } + record(type, [])
    }

    /// A length in four bytes, which is right for short ones too.
    private static func length(_ text: String) -> [UInt8] {
        let count = UInt32(text.utf8.count)
        return [
            UInt8(count >> 24) | 0x80, UInt8(count >> 16 & 0xFF), UInt8(count >> 8 & 0xFF),
            UInt8(count & 0xFF),
        ]
    }
}
