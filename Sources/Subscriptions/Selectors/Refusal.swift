// SPDX-License-Identifier: Apache-2.0

/// Why a subscription does not take what a push brings; put into words only when somebody asks.
package enum Refusal: Sendable, Hashable {
    /// Only subscriptions that take any tag take an artifact that has none.
    case untagged(strategy: String)

    /// A version was expected.
    case notAVersion(SyntaxError)

    /// A version, but not one that the constraint accepts.
    case unsatisfied(constraint: String)

    /// `Digest` waits for another tag.
    case otherTag(expected: String)

    /// One of `ignoreTagsRegexes` matches.
    case ignored(pattern: String)

    /// None of `allowTagsRegexes` matches.
    case notAllowed

    /// Another branch, or no branch at all.
    case otherBranch(expected: String)

    /// A tag was expected.
    case notATag(strategy: String)

    /// No changed file is both included and not excluded.
    case otherPaths

    /// The subscription itself makes no sense.
    case invalid(String)
}

extension Refusal: CustomStringConvertible {
    /// The rule that refused and why, in the words of the Warehouse's manifest.
    package var description: String {
        switch self {
        case .untagged(let strategy): "\(strategy): the artifact has no tag"
        case .notAVersion(let error) where error.code == .incomplete:
            "SemVer: not all three numbers, as strictSemvers asks"
        case .notAVersion: "SemVer: not a version"
        case .unsatisfied(let constraint): "SemVer: does not satisfy \(constraint)"
        case .otherTag(let expected): "Digest: the tag is not \(expected)"
        case .ignored(let pattern): "ignoreTagsRegexes: \(pattern) matches"
        case .notAllowed: "allowTagsRegexes: none matches"
        case .otherBranch(let expected): "NewestFromBranch: not branch \(expected)"
        case .notATag(let strategy): "\(strategy): not a tag"
        case .otherPaths: "includePaths and excludePaths: no changed file counts"
        case .invalid(let reason): "invalid: \(reason)"
        }
    }
}
