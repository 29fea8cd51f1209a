// SPDX-License-Identifier: Apache-2.0

extension Version: Comparable {
    /// Precedence of SemVer 2 §11: numbers first, a pre-release before its release, identifiers one by one.
    ///
    /// Numeric identifiers compare as numbers of any length; Masterminds compares those past 64 bits as text.
    package static func < (left: Version, right: Version) -> Bool {
        let leftNumbers = (left.major, left.minor, left.patch)
        let rightNumbers = (right.major, right.minor, right.patch)
        guard leftNumbers == rightNumbers else { return leftNumbers < rightNumbers }
        guard left.isPrerelease, right.isPrerelease else { return left.isPrerelease && !right.isPrerelease }
        return left.identifiers.lexicographicallyPrecedes(right.identifiers, by: identifierPrecedes)
    }

    private typealias Identifier = Substring.UTF8View

    private var identifiers: [Identifier] { prerelease.utf8.split(separator: UInt8(ascii: ".")) }

    /// A number comes before a word; numbers go by value (they have no leading zeros), words by ASCII.
    private static func identifierPrecedes(_ left: Identifier, _ right: Identifier) -> Bool {
        let leftIsNumber = left.allSatisfy(\.isDigit)
        let rightIsNumber = right.allSatisfy(\.isDigit)
        if leftIsNumber != rightIsNumber { return leftIsNumber }
        if leftIsNumber, left.count != right.count { return left.count < right.count }
        return left.lexicographicallyPrecedes(right)
    }
}
