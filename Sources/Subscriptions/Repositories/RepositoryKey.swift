// SPDX-License-Identifier: Apache-2.0

/// A repository URL in the form in which subscriptions and events are compared.
///
/// The rules are Kargo's, so that a Warehouse matches here what it matches there. A URL that no rule
/// understands is its own key: it still equals itself, and nothing is lost.
package struct RepositoryKey: Sendable, Hashable {
    /// Git URLs and image URLs never match each other, even when they read alike.
    package let kind: RepositoryKind

    /// The normalised URL, for example `registry.example.com/team-a/api` or `ssh://git@example.com/a/b`.
    package let url: String

    /// The URL for people to read, without user-info.
    package var displayedURL: String { withoutUserInfo(url) }

    /// Normalises `url` by the rules of `kind`.
    package init(_ url: String, kind: RepositoryKind) {
        let url = Self.cleaned(url)
        self.kind = kind
        self.url =
            switch kind {
            case .git: normalisedGitURL(url)
            case .image: normalisedImageURL(url)
            case .chart: normalisedImageURL(url.removingPrefix("oci://"))
            }
    }

    /// The keys of `url`, one for each of `kinds`; most images and charts are normalised alike, and only once.
    static func all(_ url: String, _ kinds: [RepositoryKind]) -> [RepositoryKey] {
        // What tells them apart is "oci://".
        guard kinds.count > 1, !kinds.contains(.git), !url.hasDoubleSlash else {
            return kinds.map { RepositoryKey(url, kind: $0) }
        }
        let image = RepositoryKey(url, kind: .image)
        return kinds.map { RepositoryKey(kind: $0, url: image.url) }
    }

    private init(kind: RepositoryKind, url: String) { (self.kind, self.url) = (kind, url) }

    /// Drops what cannot be seen (a pasted BOM or zero-width space), the white space around, and case.
    private static func cleaned(_ url: String) -> String {
        if url.isClean { return url }
        var printable = url.unicodeScalars
        printable.removeAll { !$0.isPrintable && !$0.properties.isWhitespace }
        return String(String(printable).trimmingWhiteSpace()).lowercased()
    }
}

extension Unicode.Scalar {
    /// Letters, marks, numbers, punctuation, symbols and the space: what Go's `unicode.IsPrint` lets pass.
    fileprivate var isPrintable: Bool {
        switch properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned: false
        case .spaceSeparator, .lineSeparator, .paragraphSeparator: self == " "
        default: true
        }
    }
}

extension String {
    /// Whether every byte is visible ASCII, and none an upper-case letter; most URLs are like that.
    fileprivate var isClean: Bool {
        let bytes = utf8Span.span
        for index in bytes.indices {
            let byte = bytes[index]
            guard byte > 0x20, byte < 0x7F, byte < UInt8(ascii: "A") || byte > UInt8(ascii: "Z") else {
                return false
            }
        }
        return true
    }

    fileprivate var hasDoubleSlash: Bool {
        let bytes = utf8Span.span
        for index in bytes.indices.dropFirst()
        where bytes[index] == UInt8(ascii: "/") && bytes[index - 1] == UInt8(ascii: "/") { return true }
        return false
    }

    func removingPrefix(_ prefix: String) -> String {
        hasPrefix(prefix) ? String(dropFirst(prefix.count)) : self
    }

    func removingSuffix(_ suffix: String) -> String {
        hasSuffix(suffix) ? String(dropLast(suffix.count)) : self
    }

    fileprivate func trimmingWhiteSpace() -> Substring {
        let end = lastIndex { !$0.isWhitespace }.map(index(after:)) ?? startIndex
        return self[..<end].drop { $0.isWhitespace }
    }
}
