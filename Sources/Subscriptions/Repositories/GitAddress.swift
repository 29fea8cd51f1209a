// SPDX-License-Identifier: Apache-2.0

/// Host and path of a Git repository, and whether it was named by an SSH or by an HTTP URL.
///
/// People subscribe with the URL they clone from, often SSH, while services write HTTPS into their events. User
/// and port are left out, since they differ between the two by nature.
struct GitAddress: Hashable {
    private let isSSH: Bool
    private let host: Substring
    private let path: Substring

    /// Nil for what is not a Git URL with a path.
    init?(_ key: RepositoryKey) {
        guard key.kind == .git else { return nil }
        let parts = key.url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false)
        guard parts.count == 4, parts[1].isEmpty, ["ssh:", "http:", "https:"].contains(parts[0]) else {
            return nil
        }
        isSSH = parts[0] == "ssh:"
        host = parts[2].split(separator: "@").last?.withoutPort ?? ""
        path = parts[3]
    }

    private init(isSSH: Bool, host: Substring, path: Substring) {
        self.isSSH = isSSH
        self.host = host
        self.path = path
    }

    /// The same repository by the other protocol.
    var counterpart: GitAddress { GitAddress(isSSH: !isSSH, host: host, path: path) }
}

extension Substring {
    /// An IPv6 address is in brackets, so that its colons are not taken for the port's.
    fileprivate var withoutPort: Substring {
        // By bytes: to find a character from behind takes quadratic time in a row of flags.
        guard let colon = utf8.lastIndex(of: UInt8(ascii: ":")),
            utf8[colon...].dropFirst().allSatisfy(\.isDigit)
        else { return self }
        return self[..<colon]
    }
}
