// SPDX-License-Identifier: Apache-2.0

/// One entry of a git subscription's `includePaths` or `excludePaths`.
///
/// `glob:` starts a doublestar pattern, `regex:` or `regexp:` a regular expression; anything else is a directory
/// and means itself and all below it. `.` and an empty text mean the whole repository.
package struct PathPattern: Sendable {
    private enum Rule {
        case everything
        /// With a slash at the end, so that `charts` does not match `charts-old`.
        case directory(String)
        case glob(Glob)
        case regularExpression(RegularExpression)
    }

    private let rule: Rule

    /// As it was written.
    let text: String

    /// Compiles an entry.
    ///
    /// - Throws: `SyntaxError` when what follows `glob:` or `regex:` is not valid.
    package init(_ text: String) throws(SyntaxError) {
        self.text = text
        if let pattern = Self.drop("glob:", from: text) {
            rule = .glob(try Glob(pattern))
        } else if let pattern = Self.drop("regex:", from: text) ?? Self.drop("regexp:", from: text) {
            rule = .regularExpression(try RegularExpression(pattern))
        } else {
            let directory = Self.clean(text)
            rule = directory.isEmpty ? .everything : .directory(directory + "/")
        }
    }

    /// Whether a changed file counts.
    ///
    /// Paths are relative to the repository, with `/` between components.
    package func matches(_ path: String) -> Bool {
        switch rule {
        case .everything: true
        case .directory(let directory):
            path.utf8.starts(with: directory.utf8) || path.utf8.elementsEqual(directory.utf8.dropLast())
        case .glob(let glob): glob.matches(path)
        case .regularExpression(let expression): expression.matches(path)
        }
    }

    private static func drop(_ prefix: String, from text: String) -> String? {
        guard text.utf8.starts(with: prefix.utf8) else { return nil }
        return String(Substring(text.utf8.dropFirst(prefix.utf8.count)))
    }

    /// Resolves `.`, `..` and doubled slashes by name alone, as Go's `filepath.Clean`.
    ///
    /// What starts with `/` or leads out of the repository stays so, and matches nothing, as in Kargo.
    private static func clean(_ directory: String) -> String {
        var components: [Substring] = []
        for component in directory.split(separator: "/") where component != "." {
            if component == "..", let last = components.last, last != ".." {
                components.removeLast()
            } else {
                components.append(component)
            }
        }
        return (directory.first == "/" ? "/" : "") + components.joined(separator: "/")
    }
}
