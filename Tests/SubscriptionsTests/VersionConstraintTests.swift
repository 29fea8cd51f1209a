// SPDX-License-Identifier: Apache-2.0

import Testing

@testable import Subscriptions

@Suite("Version constraints")
struct VersionConstraintTests {
    @Test("A constraint accepts and refuses as in Masterminds/semver", arguments: ConstraintCase.all)
    func accepts(example: ConstraintCase) throws {
        let constraint = try VersionConstraint(example.constraint)
        for version in example.accepted {
            #expect(constraint.accepts(try Version(version)), "should accept \(version)")
        }
        for version in example.refused {
            #expect(!constraint.accepts(try Version(version)), "should refuse \(version)")
        }
    }

    @Test("What is no constraint is refused", arguments: InvalidCase.constraints)
    func invalid(constraint: InvalidCase) {
        constraint.check(.constraint) { try VersionConstraint(constraint.text) }
    }

    static let versions = [
        "0.0.0-0", "0.0.0", "0.0.3", "0.1.0", "0.2.3-rc.1", "0.2.3", "0.2.9", "1.0.0-rc.1", "1.0.0", "1.2.3",
        "1.2.9-rc.1", "1.3.0", "2.0.0-rc.1", "2.0.0", "2.1.0", "11.1.0",
    ]

    @Test("A version satisfies itself, and nothing beyond itself", arguments: versions)
    func itself(text: String) throws {
        let version = try Version(text)
        for spelling in ["=\(text)", text, "v\(text)", ">=\(text)", "<=\(text)", "~\(text)", "^\(text)"] {
            #expect(try VersionConstraint(spelling).accepts(version), "\(spelling)")
        }
        for spelling in ["!=\(text)", ">\(text)", "<\(text)"] {
            #expect(try !VersionConstraint(spelling).accepts(version), "\(spelling)")
        }
    }

    @Test("~x implies ^x once the minor number may change: not for 0.0.x", arguments: versions)
    func tildeImpliesCaret(text: String) throws {
        let bound = try Version(text)
        guard bound >= Version(minor: 1) else { return }
        let (tilde, caret) = (try VersionConstraint("~\(text)"), try VersionConstraint("^\(text)"))
        for version in try Self.versions.map({ try Version($0) }) where tilde.accepts(version) {
            #expect(caret.accepts(version), "\(version)")
        }
    }

    @Test("Comparisons cut the versions in two, with pre-releases let in", arguments: versions)
    func complements(text: String) throws {
        let suffix = text.contains("-") ? "" : " >=0.0.0-0"
        let pairs = [("<", ">="), ("<=", ">"), ("=", "!=")]
        for (left, right) in pairs {
            let first = try VersionConstraint("\(left)\(text)\(suffix)")
            let second = try VersionConstraint("\(right)\(text)\(suffix)")
            for version in try Self.versions.map({ try Version($0) }) {
                #expect(first.accepts(version) != second.accepts(version), "\(left)\(text) and \(version)")
            }
        }
    }

    @Test("The longest constraint is read in time", .timeLimit(.minutes(10)))
    func long() throws {
        let limit = VersionConstraint.lengthLimit
        let spaces = "1" + String(repeating: " ", count: limit - 2) + "2"
        #expect(try !VersionConstraint(spaces).accepts(Version("1.0.0")))
        let alternatives = String(repeating: "1||", count: (limit - 1) / 3) + "2"
        #expect(try VersionConstraint(alternatives).accepts(Version("2.0.0")))
        #expect(throws: SyntaxError.self) {
            try VersionConstraint(String(repeating: "1 - 2", count: limit / 5))
        }
    }
}
