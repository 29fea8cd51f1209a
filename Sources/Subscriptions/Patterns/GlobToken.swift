// SPDX-License-Identifier: Apache-2.0

/// A piece of a glob, its escapes and classes already resolved.
enum GlobToken: Hashable, Sendable {
    /// One character of the path, as an RE2 expression.
    case character(String)
    case separator
    case star
    case open
    case comma
    case close
}
