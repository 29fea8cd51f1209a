// SPDX-License-Identifier: Apache-2.0

internal import FoundationEssentials

/// Where a call goes.
///
/// What it prints has no query: that may hold what a log should not.
package struct HTTPURL: Sendable, Hashable {
    package let isSecure: Bool

    /// A name or an address, IPv6 without brackets.
    package let host: String

    /// Nil for the scheme's own.
    package let port: Int?

    /// Encoded, without a slash at its end; empty for the root.
    package let path: String

    /// Encoded; empty for none.
    private let query: String

    /// Reads an absolute http or https URL without user-info, query or fragment.
    ///
    /// An error does not quote it, because it might hold a password.
    package init(_ text: String) throws(HTTPError) {
        guard let url = URL(string: text), let host = url.host(percentEncoded: false), !host.isEmpty,
            let scheme = url.scheme?.lowercased(), scheme == "http" || scheme == "https"
        else { throw HTTPError(.configuration, "the URL is not absolute: write https://HOST[:PORT][/PATH]") }
        guard url.user == nil, url.password == nil, url.query == nil, url.fragment == nil else {
            throw HTTPError(
                .configuration,
                "the URL has more than scheme, host, port and path: remove the rest"
            )
        }
        isSecure = scheme == "https"
        self.host = host.hasPrefix("[") ? String(host.dropFirst().dropLast()) : host
        port = url.port
        let path = url.path(percentEncoded: true)
        self.path = path.hasSuffix("/") ? String(path.dropLast()) : path
        query = ""
    }

    private init(_ base: HTTPURL, path: String, query: String) {
        (isSecure, host, port) = (base.isSecure, base.host, base.port)
        (self.path, self.query) = (path, query)
    }

    /// The same with more of a path, and with a query.
    ///
    /// Each segment and each value is percent-encoded, once: what a server wants to see encoded twice is given encoded.
    package func appending(
        _ segments: [String],
        query: [(name: String, value: String)] = []
    ) -> HTTPURL {
        HTTPURL(
            self,
            path: path + segments.map { "/" + $0.percentEncoded }.joined(),
            query: query.map { "\($0.name.percentEncoded)=\($0.value.percentEncoded)" }.joined(separator: "&")
        )
    }

    /// All of it, for the wire.
    var text: String { query.isEmpty ? description : "\(description)?\(query)" }
}

extension HTTPURL: CustomStringConvertible, CustomDebugStringConvertible {
    /// Without the query.
    package var description: String {
        let host = host.contains(":") ? "[\(host)]" : host
        return
            "\(isSecure ? "https" : "http")://\(host)\(port.map { ":\($0)" } ?? "")\(path.isEmpty ? "/" : path)"
    }

    package var debugDescription: String { description }
}
