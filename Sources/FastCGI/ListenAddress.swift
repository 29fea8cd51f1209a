// SPDX-License-Identifier: Apache-2.0

/// Where to listen: `unix:/run/webhook-fcgi.sock`, `127.0.0.1:9000` or `[::1]:9000`.
package enum ListenAddress: Sendable, Equatable, CustomStringConvertible {
    case unix(path: String)
    case tcp(host: String, port: UInt16)

    package init(_ text: String) throws(FastCGIError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst("unix:".count))
            // sun_path is 108 bytes with its NUL (unix(7)).
            guard !path.isEmpty, path.utf8.count < 108, !path.utf8.contains(0) else {
                throw FastCGIError(.invalidAddress, "'\(text)': give unix: and a path of at most 107 bytes")
            }
            self = .unix(path: path)
        } else {
            guard let colon = text.lastIndex(of: ":"), let port = UInt16(text[text.index(after: colon)...]),
                colon != text.startIndex
            else { throw FastCGIError(.invalidAddress, "'\(text)': give unix:PATH or HOST:PORT") }
            var host = text[..<colon]
            if host.first == "[", host.last == "]" { host = host.dropFirst().dropLast() }
            self = .tcp(host: String(host), port: port)
        }
    }

    /// The path of a Unix socket.
    var path: String? {
        if case .unix(let path) = self { path } else { nil }
    }

    package var description: String {
        switch self {
        case .unix(let path): "unix:\(path)"
        case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
        }
    }
}
