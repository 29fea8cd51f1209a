// SPDX-License-Identifier: Apache-2.0

/// Where senders reach this service: the URL that every receiver's URL starts with.
package struct BaseURL: Sendable, Hashable, CustomStringConvertible {
    /// Scheme, host and port, for example `https://hooks.example.com`.
    package let origin: String

    /// The base path without a slash at its end, for example `/webhooks`, or `/` when the URL has none.
    package let path: String

    package var description: String { path == "/" ? origin : origin + path }

    /// Reads an absolute http or https URL without user-info, query or fragment.
    ///
    /// The path may hold letters, digits and `-._~` alone: it is written into nginx's configuration and
    /// compared byte by byte, where an escape would have several spellings.
    package init(_ text: String) throws(InvalidSetting) {
        guard let separator = text.firstRange(of: "://"),
            case let scheme = text[..<separator.lowerBound].lowercased(),
            scheme == "http" || scheme == "https"
        else { throw InvalidSetting("must be an absolute URL such as https://hooks.example.com/webhooks") }

        let rest = text[separator.upperBound...]
        guard !rest.contains("?"), !rest.contains("#") else {
            throw InvalidSetting("must have no query and no fragment: remove what follows the path")
        }
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        let authority = rest[..<slash]
        guard !authority.contains("@") else {
            throw InvalidSetting("must have no user-info: remove what is before the @")
        }
        guard isHostAndPort(authority) else {
            throw InvalidSetting("must name a host, and a port from 1 to 65535 if any, after \(scheme)://")
        }
        let segments = rest[slash...].split(separator: "/")
        guard segments.allSatisfy(isPathSegment) else {
            throw InvalidSetting("must have a path of letters, digits, '-', '_', '.' and '~', no '..'")
        }
        origin = "\(scheme)://\(authority.lowercased())"
        path = "/" + segments.joined(separator: "/")
    }
}

/// `host`, `host:port`, `[IPv6]` or `[IPv6]:port`.
private func isHostAndPort(_ authority: Substring) -> Bool {
    let host: Substring
    var port: Substring?
    if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
        host = authority[..<end].dropFirst()
        let rest = authority[end...].dropFirst()
        guard rest.isEmpty || rest.hasPrefix(":") else { return false }
        port = rest.isEmpty ? nil : rest.dropFirst()
        guard host.contains(":"), host.allSatisfy({ $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") })
        else { return false }
    } else {
        let colon = authority.firstIndex(of: ":") ?? authority.endIndex
        host = authority[..<colon]
        port = colon == authority.endIndex ? nil : authority[colon...].dropFirst()
        guard host.utf8.allSatisfy({ isLetterOrDigit($0) || "-.".utf8.contains($0) }) else { return false }
    }
    guard let port else { return !host.isEmpty }
    guard port.allSatisfy(\.isNumber), let number = UInt16(port) else { return false }
    return !host.isEmpty && number > 0
}

private func isPathSegment(_ segment: Substring) -> Bool {
    segment != "." && segment != ".."
        && segment.utf8.allSatisfy { isLetterOrDigit($0) || "-._~".utf8.contains($0) }
}

private func isLetterOrDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
        UInt8(ascii: "0")...UInt8(ascii: "9"):
        true
    default: false
    }
}
