// SPDX-License-Identifier: Apache-2.0

/// Normalises `[registry/]path[:tag][@digest]`: Docker Hub's names lose their registry and `library/`.
///
/// The first component is a registry when it has a `.`, a `:` or is `localhost`; otherwise the image is on
/// Docker Hub. What is not an image reference, such as an `https://` chart repository, stays as it is.
///
/// It looks at bytes: to find a character from behind takes quadratic time in a row of flags.
func normalisedImageURL(_ url: String) -> String {
    let bytes = url.utf8Span.span
    var end = bytes.firstIndex(of: "@") ?? bytes.count
    let lastSlash = bytes.lastIndex(of: "/", in: 0..<end) ?? 0
    if let colon = bytes.lastIndex(of: ":", in: lastSlash..<end) { end = colon }

    let slash = bytes.extracting(..<end).firstIndex(of: "/") ?? 0
    let first = url.utf8.prefix(slash)
    let hasRegistry =
        first.contains(UInt8(ascii: ".")) || first.contains(UInt8(ascii: ":"))
        || first.elementsEqual("localhost".utf8)
    let start = hasRegistry ? slash + 1 : 0
    guard bytes.isPath(in: start..<end) else { return url }

    let name = url.utf8.prefix(end)
    guard !hasRegistry || dockerHubHosts.contains(Substring(first)) else {
        return end == bytes.count ? url : String(Substring(name))
    }
    let path = String(Substring(name.dropFirst(start)))
    return path.removingPrefix("library/")
}

private let dockerHubHosts: Set<Substring> = ["docker.io", "index.docker.io", "registry-1.docker.io"]

extension Span<UInt8> {
    func firstIndex(of scalar: Unicode.Scalar) -> Int? {
        for index in indices where self[index] == UInt8(ascii: scalar) { return index }
        return nil
    }

    fileprivate func lastIndex(of scalar: Unicode.Scalar, in range: Range<Int>) -> Int? {
        for index in range.reversed() where self[index] == UInt8(ascii: scalar) { return index }
        return nil
    }

    /// Whether there is nothing but components of a name with a `/` between them, none of them empty.
    fileprivate func isPath(in range: Range<Int>) -> Bool {
        var isEmpty = true
        for index in range {
            switch self[index] {
            case UInt8(ascii: "/") where !isEmpty: isEmpty = true
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                isEmpty = false
            default: return false
            }
        }
        return !isEmpty
    }
}
