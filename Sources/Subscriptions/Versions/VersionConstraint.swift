// SPDX-License-Identifier: Apache-2.0

/// The versions a Warehouse wants, such as `^1.2.3 || >=2.0.0-0, <3`: `constraint`, `semverConstraint`.
///
/// Grammar and meaning are those of Masterminds/semver v3. Compiled once, checked without allocation for releases.
package struct VersionConstraint: Hashable, Sendable {
    /// Longest text that is read, in bytes.
    package static let lengthLimit = 4096

    /// One of these must accept, with all its comparators.
    private let alternatives: [[VersionComparator]]

    /// Compiles a constraint.
    ///
    /// An empty text is an error: leave the constraint out to accept every version.
    ///
    /// - Throws: `SyntaxError`, at the first byte that does not fit.
    package init(_ text: String) throws(SyntaxError) {
        var scanner = try VersionScanner(text[...], as: .constraint, limit: Self.lengthLimit)
        alternatives = try scanner.constraint()
    }

    /// Whether the version satisfies the constraint.
    ///
    /// A pre-release only satisfies an alternative that names a pre-release somewhere: `>=1.0.0-0 <2` takes
    /// `1.5.0-rc.1`, `>=1.0.0 <2` does not.
    package func accepts(_ version: Version) -> Bool {
        alternatives.contains { comparators in
            (!version.isPrerelease || comparators.contains(where: \.bound.isPrerelease))
                && comparators.allSatisfy { $0.accepts(version) }
        }
    }
}
