// SPDX-License-Identifier: Apache-2.0

/// A repository's URL for people to read, without user-info.
///
/// DevOps writes an account there, and others a password. More than RFC 3986 calls so is dropped: whoever
/// writes a `?` into a password does not want to see it in a log either.
func withoutUserInfo(_ url: String) -> String {
    guard url.utf8Span.span.firstIndex(of: "@") != nil else { return url }
    let scheme = url.firstRange(of: "://")
    let start = scheme?.upperBound ?? url.startIndex
    // By bytes: to find a character from behind takes quadratic time in a row of flags.
    var authority = url[start...].utf8.prefix { $0 != UInt8(ascii: "/") }
    if scheme == nil, let at = authority.lastIndex(of: UInt8(ascii: "@")),
        ["@sha256:", "@sha512:"].contains(where: Substring(authority[at...]).hasPrefix)
    {
        authority = authority[..<at]
    }
    guard let at = authority.lastIndex(of: UInt8(ascii: "@")) else { return url }
    return String(url[..<start] + url[url.utf8.index(after: at)...])
}
