// SPDX-License-Identifier: Apache-2.0

import Subscriptions

/// What subscriptions say to a push, and what it costs to compile them.
func selectorBenchmarks() {
    measure("compile constraint") { try VersionConstraint(">=1.2.0 <3.0.0 || ~4.5") }
    measure("compile regular expression") { try RegularExpression(expression) }
    measure("compile glob") { try Glob(glob) }
    do throws(SyntaxError) {
        let constraint = try VersionConstraint(">=1.2.0 <3.0.0 || ~4.5")
        let version = try Version("2.14.3")
        measure("read version") { try Version("2.14.3-rc.1+build.5") }
        measure("constraint accepts version") { constraint.accepts(version) }
        let regularExpression = try RegularExpression(expression)
        measure("regular expression matches tag") { regularExpression.matches("release-12-0a1b2c3d4e5f") }
        let pattern = try Glob(glob)
        measure("glob matches path") { pattern.matches("services/backend/overlays/production/values.yaml") }
        let selector = Selector.image(
            ImageSelector(.semVer(try VersionRule(constraint: "^2", isStrict: true)))
        )
        let push = Event.Push(repository: "a/b", kinds: [.image], qualifiers: .tags(["2.14.3"]))
        measure("image selector takes push") { selector.refusal(of: push) }
    } catch {
        preconditionFailure("\(error)")
    }
}

private let expression = "^(main|release-[0-9]+)-[0-9a-f]{7,40}$"
private let glob = "services/*/overlays/**/*.yaml"
