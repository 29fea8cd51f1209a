// SPDX-License-Identifier: Apache-2.0

/// One operator of a constraint and the version it speaks of.
///
/// What Masterminds/semver v3 does is kept to the letter, including where it surprises: `~0.0.0` takes every
/// version, `^*` and `<=*` take `0.0.0` and `0.0.x` alone.
struct VersionComparator: Hashable, Sendable {
    enum Relation: Sendable {
        case equal, notEqual, greater, greaterOrEqual, less, lessOrEqual, tilde, caret
    }

    private let relation: Relation
    /// The version spoken of, zeros for the numbers left open.
    let bound: Version
    /// How many numbers the constraint spells out; the others are wildcards.
    private let count: Int

    init(_ relation: Relation, _ partial: (version: Version, count: Int)) {
        bound = partial.version
        // A wildcard major number is no open number to Masterminds but a 0.0.0 with habits of its own.
        (self.relation, count) =
            switch (relation, partial.count) {
            case (.equal, 0), (.tilde, 0): (.greaterOrEqual, 3)
            case (.lessOrEqual, 0): (.lessOrEqual, 2)
            case (_, 0): (relation, 3)
            case (.equal, 1...2): (.tilde, partial.count)
            case (.tilde, 3) where bound.truncated(to: 3) == Version(): (.greaterOrEqual, 3)
            default: (relation, partial.count)
            }
    }

    /// Whether the version is in relation to the bound.
    ///
    /// Whether pre-releases are let in at all is the constraint's business.
    func accepts(_ version: Version) -> Bool {
        switch relation {
        case .equal: version == bound
        case .notEqual: rounded(version) != rounded(bound) || differsInPrerelease(version)
        case .greater: rounded(version) > rounded(bound)
        case .greaterOrEqual: version >= bound
        case .less: version < bound
        case .lessOrEqual: rounded(version) <= rounded(bound)
        case .tilde: version >= bound && agrees(version, in: min(count, 2))
        case .caret: version >= bound && agrees(version, in: caretCount)
        }
    }

    /// The first number that is not zero may not change, nor any before it: `^0.2.3` stays below `0.3.0`.
    private var caretCount: Int {
        if bound.major > 0 || count == 1 { 1 } else if bound.minor > 0 || count == 2 { 2 } else { 3 }
    }

    private func agrees(_ version: Version, in count: Int) -> Bool {
        version.truncated(to: count) == bound.truncated(to: count)
    }

    /// Drops what the constraint leaves open, so that `>11` is not content with `11.1.0`.
    private func rounded(_ version: Version) -> Version {
        count == 3 ? version : version.truncated(to: count)
    }

    /// `!=4.1-rc` means every `4.1.x-rc`, and no release.
    private func differsInPrerelease(_ version: Version) -> Bool {
        count == 2 && version.prerelease != bound.prerelease
    }
}
