// SPDX-License-Identifier: Apache-2.0

/// A semantic version, read the way Masterminds/semver v3 reads it, for Kargo's constraints are checked with that.
///
/// Equality, hash and order all follow precedence (SemVer 2 §11), so exactly one of `<`, `==` and `>` holds of
/// any two versions. That leaves out build metadata: `1.0.0+a` equals `1.0.0+b`. It is checked, then dropped.
package struct Version: Hashable, Sendable {
    /// First number: changes when something breaks.
    package let major: UInt64
    /// Second number; 0 where the text left it out.
    package let minor: UInt64
    /// Third number; 0 where the text left it out.
    package let patch: UInt64
    /// Dot-separated identifiers without the leading hyphen; empty for a release.
    package let prerelease: String

    /// Longest text that is read, in bytes: Masterminds' limit; an OCI tag has at most 128.
    package static let lengthLimit = 256

    /// Whether constraints pass over this version unless they name a pre-release themselves.
    package var isPrerelease: Bool { !prerelease.isEmpty }

    /// Reads a tag or a chart version.
    ///
    /// Lenient, minor and patch may be missing (`1`, `v1.2`) and numbers may start with zeros. Strict asks for
    /// all three, without leading zeros. Both take a leading `v`, neither takes white space.
    ///
    /// - Throws: `SyntaxError`, at the first byte that does not fit.
    package init(_ text: some StringProtocol, strict: Bool = false) throws(SyntaxError) {
        var scanner = try VersionScanner(Substring(text), as: .version, limit: Self.lengthLimit)
        scanner.take("v")
        let major = try scanner.number(strict: strict)
        let minor = try scanner.take(".") ? scanner.number(strict: strict) : nil
        let patch = try scanner.take(".") ? scanner.number(strict: strict) : nil
        guard patch != nil || !strict else { throw scanner.error(.incomplete) }
        let prerelease = try scanner.prerelease()
        guard scanner.isAtEnd else { throw scanner.error(.unexpectedCharacter) }
        self.init(major: major, minor: minor ?? 0, patch: patch ?? 0, prerelease: prerelease)
    }

    /// A version from its parts; the pre-release is taken at its word.
    init(major: UInt64 = 0, minor: UInt64 = 0, patch: UInt64 = 0, prerelease: String = "") {
        self.major = major
        self.minor = minor
        self.patch = patch
        self.prerelease = prerelease
    }

    /// The release with only the first `count` numbers of this one, zeros for the others.
    func truncated(to count: Int) -> Version {
        Version(major: count > 0 ? major : 0, minor: count > 1 ? minor : 0, patch: count > 2 ? patch : 0)
    }
}

extension Version: CustomStringConvertible {
    /// The canonical form, all three numbers, without `v` and build metadata.
    package var description: String {
        "\(major).\(minor).\(patch)\(isPrerelease ? "-" : "")\(prerelease)"
    }
}
