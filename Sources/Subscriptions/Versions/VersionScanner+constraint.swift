// SPDX-License-Identifier: Apache-2.0

/// The grammar of constraints:
///
///     constraint  = conjunction *( "||" conjunction )
///     conjunction = term *( ( space / "," ) term )
///     term        = [ operator ] partial / partial space "-" space partial
///     partial     = [ "v" ] part [ "." part [ "." part ] ] [ "-" pre-release ] [ "+" build ]
///     part        = number / "x" / "X" / "*"
///
/// with white space wherever it does no harm. Each byte is looked at a constant number of times.
extension VersionScanner {
    mutating func constraint() throws(SyntaxError) -> [[VersionComparator]] {
        var alternatives: [[VersionComparator]] = []
        repeat { try alternatives.append(conjunction()) } while try takeOr()
        return alternatives
    }

    private mutating func takeOr() throws(SyntaxError) -> Bool {
        guard take("|") else { return false }
        guard take("|") else { throw error(.unexpectedCharacter) }
        return true
    }

    private mutating func conjunction() throws(SyntaxError) -> [VersionComparator] {
        var comparators: [VersionComparator] = []
        while true {
            takeSpaces()
            try comparators += term()
            let spaced = takeSpaces()
            if isAtEnd || next == UInt8(ascii: "|") { return comparators }
            guard take(",") || spaced else { throw error(.separatorExpected) }
        }
    }

    private mutating func term() throws(SyntaxError) -> [VersionComparator] {
        if let relation = try relation() {
            takeSpaces()
            return [VersionComparator(relation, try partialVersion())]
        }
        let first = try partialVersion()
        guard takeHyphen() else { return [VersionComparator(.equal, first)] }
        return [
            VersionComparator(.greaterOrEqual, first),
            VersionComparator(.lessOrEqual, try partialVersion()),
        ]
    }

    private mutating func relation() throws(SyntaxError) -> VersionComparator.Relation? {
        if take("=") { return take(">") ? .greaterOrEqual : take("<") ? .lessOrEqual : .equal }
        if take(">") { return take("=") ? .greaterOrEqual : .greater }
        if take("<") { return take("=") ? .lessOrEqual : .less }
        if take("^") { return .caret }
        if take("~") {
            take(">")
            return .tilde
        }
        guard take("!") else { return nil }
        guard take("=") else { throw error(.unexpectedCharacter) }
        return .notEqual
    }

    /// Steps over a hyphen with space on both sides; without it, a hyphen starts a pre-release.
    private mutating func takeHyphen() -> Bool {
        var ahead = self
        guard ahead.takeSpaces(), ahead.take("-"), ahead.takeSpaces() else { return false }
        self = ahead
        return true
    }

    /// A number that is missing or a wildcard leaves the ones after it open, whatever they say.
    private mutating func partialVersion() throws(SyntaxError) -> (version: Version, count: Int) {
        take("v")
        let major = try part()
        let minor = try take(".") ? part() : nil
        let patch = try take(".") ? part() : nil
        let numbers = [major, minor, patch].prefix { $0 != nil }.compactMap(\.self)
        let version = Version(
            major: numbers.first ?? 0,
            minor: numbers.dropFirst().first ?? 0,
            patch: numbers.dropFirst(2).first ?? 0,
            prerelease: try prerelease()
        )
        return (version, numbers.count)
    }

    private mutating func part() throws(SyntaxError) -> UInt64? {
        take("x") || take("X") || take("*") ? nil : try number()
    }
}
