// SPDX-License-Identifier: Apache-2.0

/// Normalises `http://`, `https://` and `ssh://` URLs and SCP style (`user@host:path`).
///
/// User-info is dropped from http(s), where it is a credential, and kept for SSH, where it names an account.
/// A URL with a query or a fragment is not a repository's and stays as it is.
func normalisedGitURL(_ url: String) -> String {
    guard !url.utf8.contains(where: { $0 == UInt8(ascii: "?") || $0 == UInt8(ascii: "#") || $0 <= 0x20 })
    else { return url }
    for scheme in ["https://", "http://", "ssh://"] where url.hasPrefix(scheme) {
        let rest = url.dropFirst(scheme.count)
        let slash = rest.firstIndex(of: "/") ?? rest.endIndex
        var authority = rest[..<slash]
        // By bytes: to find a character from behind takes quadratic time in a row of flags.
        if scheme != "ssh://", let at = authority.utf8.lastIndex(of: UInt8(ascii: "@")) {
            authority = authority[authority.utf8.index(after: at)...]
        }
        guard !authority.isEmpty else { return url }
        return scheme + authority + withoutGitSuffix(rest[slash...])
    }
    return url.contains("://") ? url : normalisedSCPAddress(url) ?? url
}

/// `[user@]host[:path]`, or nil where `address` is nothing of the kind.
private func normalisedSCPAddress(_ address: String) -> String? {
    let colon = address.firstIndex(of: ":") ?? address.endIndex
    let account = address[..<colon].split(separator: "@", omittingEmptySubsequences: false)
    guard let host = account.last, account.count <= 2, isHostName(host),
        account.count == 1 || isWord(account[0])
    else { return nil }
    let path = withoutGitSuffix(address[colon...].dropFirst())
    return "ssh://" + address[..<colon] + (path.isEmpty ? "" : "/" + path)
}

/// Drops one trailing `/`, then one trailing `.git`.
private func withoutGitSuffix(_ path: Substring) -> String {
    String(path).removingSuffix("/").removingSuffix(".git")
}

private func isHostName(_ text: Substring) -> Bool {
    text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy(isWord)
}

private func isWord(_ text: Substring) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
}
