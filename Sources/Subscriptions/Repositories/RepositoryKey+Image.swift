// SPDX-License-Identifier: Apache-2.0

/// Normalises `[registry/]path[:tag][@digest]`: Docker Hub's names lose their registry and `library/`.
///
/// The first component is a registry when it has a `.`, a `:` or is `localhost`; otherwise the image is on
/// Docker Hub. What is not an image reference, such as an `https://` chart repository, stays as it is.
///
/// It looks at bytes: to find a character from behind takes quadratic time in a row of flags.
func normalisedImageURL(_ url: String) -> String {
    var name = url.utf8[...]
    if let at = name.firstIndex(of: UInt8(ascii: "@")) { name = name[..<at] }
    if let colon = name.lastIndex(of: UInt8(ascii: ":")), !name[colon...].contains(UInt8(ascii: "/")) {
        name = name[..<colon]
    }

    let components = name.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        .map(Substring.init)
    guard let first = components.first else { return url }
    let hasRegistry =
        components.count > 1
        && (first.utf8.contains { [UInt8(ascii: "."), UInt8(ascii: ":")].contains($0) }
            || first == "localhost")
    let path = hasRegistry ? components.dropFirst() : components[...]
    guard !first.isEmpty, path.allSatisfy(isPathComponent) else { return url }

    guard !hasRegistry || dockerHubHosts.contains(first) else { return String(Substring(name)) }
    return (path.first == "library" && path.count > 1 ? path.dropFirst() : path).joined(separator: "/")
}

private let dockerHubHosts: Set<Substring> = ["docker.io", "index.docker.io", "registry-1.docker.io"]

private func isPathComponent(_ text: Substring) -> Bool {
    !text.isEmpty
        && text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "_"), UInt8(ascii: "."):
                true
            default: false
            }
        }
}
